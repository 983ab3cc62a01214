// Makes the replica set of one member, the security logs, the operator's views and the services' users, as rights.json
// says; run again, it only mends what is missing or differs.
// mongosh --nodb --quiet --file initiate.js
const fs = require('fs');
const SECRETS = process.env.SECRETS || '/run/secrets';
const HOST = process.env.MONGO_HOST || 'mongodb:27017';
const RIGHTS = JSON.parse(fs.readFileSync(process.env.RIGHTS || '/initiate/rights.json', 'utf8'));
const PATIENCE_SECONDS = 120;

const secret = (name) => fs.readFileSync(`${SECRETS}/${name}`, 'utf8').trim();

// The server is asked something before it is handed on: what `return` gives back is awaited by the caller, and a
// refused connection would escape the try.
function connected() {
  const url = `mongodb://root:${encodeURIComponent(secret('mongo_root_password'))}@${HOST}/admin?directConnection=true`;
  const ends = Date.now() + PATIENCE_SECONDS * 1000;
  for (;;) {
    try {
      const admin = connect(url);
      admin.hello();
      return admin;
    } catch (error) {
      if (Date.now() > ends) throw error;
      sleep(1000);
    }
  }
}

function initiate(admin) {
  try {
    admin.runCommand({ replSetInitiate: { _id: 'rs0', members: [{ _id: 0, host: HOST }] } });
  } catch (error) {
    if (error.codeName !== 'AlreadyInitialized') throw error;
  }
  const ends = Date.now() + PATIENCE_SECONDS * 1000;
  while (!admin.hello().isWritablePrimary) {
    if (Date.now() > ends) throw new Error('the replica set has no primary');
    sleep(200);
  }
}

// A service could neither make nor change an index of its security log: one that forgets at once would empty it.
function logs(admin) {
  for (const name of RIGHTS.logs) {
    admin.getSiblingDB(name).runCommand({ createIndexes: 'security_log', indexes: RIGHTS.logIndexes });
  }
}

function views(admin) {
  for (const view of RIGHTS.views) {
    const db = admin.getSiblingDB(view.db);
    const fields = Object.fromEntries(view.fields.map((name) => [name, 1]));
    const shown = view.match ? [{ $match: view.match }] : [];
    const seen = { viewOn: view.on, pipeline: [...shown, { $project: fields }] };
    const there = db.getCollectionInfos({ name: view.name }).length > 0;
    db.runCommand(there ? { collMod: view.name, ...seen } : { create: view.name, ...seen });
  }
}

// '*' is every collection of a database; a role has what the table says and nothing else.
function privileges(rights) {
  return rights.flatMap(({ db, collections, actions }) =>
    collections.map((name) => ({ resource: { db, collection: name === '*' ? '' : name }, actions })));
}

function users(admin) {
  for (const [user, rights] of Object.entries(RIGHTS.users)) {
    const role = `pattana_${user}`;
    const given = { privileges: privileges(rights), roles: [] };
    if (admin.getRole(role)) admin.updateRole(role, given);
    else admin.createRole({ role, ...given });
    const pwd = secret(`mongo_url_${user}`).match(/^mongodb:\/\/[^:]+:([^@]+)@/)[1];
    if (admin.getUser(user)) admin.updateUser(user, { pwd, roles: [role] });
    else admin.createUser({ user, pwd, roles: [role] });
  }
}

let admin;
try {
  admin = connected();
  initiate(admin);
  logs(admin);
  views(admin);
  users(admin);
  print('mongodb is ready: replica set rs0, users ' + Object.keys(RIGHTS.users).join(', '));
} catch (error) {
  print(`mongodb could not be prepared: ${error.message}`);
  quit(1);
}
