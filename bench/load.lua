-- Sends each line of a file once: a path, a tab, a JSON body. Every request has an Idempotency-Key of its own.
-- Arguments: the file, the number of threads, a bearer token, a word that makes the keys unique.
number = 0  -- of the thread; not local: `thread:set` sets what is global there, and all threads would send the same lines
function setup(thread)
  thread:set("number", number)
  number = number + 1
end

function init(args)
  lines, threads, keys = {}, tonumber(args[2]), args[4]
  headers = { ["Content-Type"] = "application/json", ["Authorization"] = "Bearer " .. args[3] }
  local place = 0
  for line in io.lines(args[1]) do
    if place % threads == number then lines[#lines + 1] = line end
    place = place + 1
  end
  at = 0
end

function request()
  at = at + 1
  local line = lines[at]
  if line == nil then return wrk.format("GET", "/the-lines-are-used-up") end
  local tab = line:find("\t", 1, true)
  headers["Idempotency-Key"] = keys .. "-" .. number .. "-" .. at
  return wrk.format("POST", line:sub(1, tab - 1), headers, line:sub(tab + 1))
end

--DELAY

function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    'RESULT {"requests":%d,"seconds":%f,"refused":%d,"broken":%d,"p50":%f,"p99":%f}\n',
    summary.requests, summary.duration / 1e6, e.status, e.connect + e.read + e.write + e.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
