// Makes the replica set of one member and the services' users; run again, it only mends what is missing.
// mongosh --nodb --quiet --file initiate.js
const fs = require('fs');
const SECRETS = process.env.SECRETS || '/run/secrets';
const HOST = process.env.MONGO_HOST || 'mongodb:27017';
const PATIENCE_SECONDS = 120;

const secret = (name) => fs.readFileSync(`${SECRETS}/${name}`, 'utf8').trim();

function connected() {
  const url = `mongodb://root:${encodeURIComponent(secret('mongo_root_password'))}@${HOST}/admin?directConnection=true`;
  const ends = Date.now() + PATIENCE_SECONDS * 1000;
  for (;;) {
    try {
      return connect(url);
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

// Each service may do as it likes in its own database, and sees no other. The operator's tools read and mend all.
const ROLES = {
  enrolment: [{ role: 'dbOwner', db: 'pattana_enrolment' }],
  notification: [{ role: 'dbOwner', db: 'pattana_notification' }],
  reporting: [{ role: 'dbOwner', db: 'pattana_reporting' }],
  operator: ['enrolment', 'notification', 'reporting'].map((name) => ({ role: 'readWrite', db: `pattana_${name}` })),
};

function users(admin) {
  for (const [user, roles] of Object.entries(ROLES)) {
    const pwd = secret(`mongo_url_${user}`).match(/^mongodb:\/\/[^:]+:([^@]+)@/)[1];
    if (admin.getUser(user)) admin.updateUser(user, { pwd, roles });
    else admin.createUser({ user, pwd, roles });
  }
}

let admin;
try {
  admin = connected();
  initiate(admin);
  users(admin);
  print('mongodb is ready: replica set rs0, users ' + Object.keys(ROLES).join(', '));
} catch (error) {
  print(`mongodb could not be prepared: ${error.message}`);
  quit(1);
}
