// Runs everything that node's `pg` offers against one server and prints what it received as JSON.
// The test compares the answers of the gateway with those of the database.
'use strict';

const { Client, Pool } = require('pg');
const Cursor = require('pg-cursor');
const QueryStream = require('pg-query-stream');
const { from: copyFrom, to: copyTo } = require('pg-copy-streams');
const { pipeline } = require('node:stream/promises');
const { Readable } = require('node:stream');

const settings = JSON.parse(process.env.SCRIM_ENDPOINT);
const answers = {};

async function errorCode(promise) {
  try {
    await promise;
    return 'no error';
  } catch (error) {
    return error.code;
  }
}

async function withClient(work, more = {}) {
  const client = new Client({ ...settings, ...more });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function collect(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

async function reads(client) {
  answers.clean = (await client.query('SELECT * FROM clean ORDER BY id')).rows;
  answers.people = (await client.query('SELECT * FROM people ORDER BY id')).rows;
  const fields = (await client.query('SELECT * FROM people')).fields;
  answers.fields = fields.map((field) => [field.name, field.dataTypeID]);
  answers.several = (await client.query("SELECT 1 AS a; SELECT 'last' AS b")).map((r) => r.rows);
  answers.arrays = (
    await client.query({ text: 'SELECT id, label FROM series WHERE id < 4 ORDER BY id', rowMode: 'array' })
  ).rows;
}

async function prepared(client) {
  answers.prepared = [];
  for (let number = 1; number <= 10; number += 1) {
    const query = { name: 'one', text: 'SELECT id, label FROM series WHERE id = $1', values: [number] };
    answers.prepared.push((await client.query(query)).rows[0]);
  }
  const binary = { text: 'SELECT id, single, active FROM clean ORDER BY id', values: [], binary: true };
  answers.binary = (await client.query(binary)).rows;
}

async function cursors(client) {
  const cursor = client.query(new Cursor('SELECT id, email FROM series ORDER BY id'));
  answers.cursor = [];
  for (let rows = await cursor.read(99); rows.length > 0; rows = await cursor.read(99)) {
    answers.cursor.push(rows.length);
    answers.cursorSample = rows.slice(0, 3);
  }
  await cursor.close();
  const stream = client.query(new QueryStream('SELECT id FROM series ORDER BY id', [], { batchSize: 50 }));
  answers.streamed = (await collect(stream)).length;
}

async function transactions(client) {
  await client.query('TRUNCATE scratch').catch(() => client.query('DELETE FROM scratch'));
  await client.query('BEGIN');
  await client.query("INSERT INTO scratch VALUES (1, 'lost')");
  answers.duplicate = await errorCode(client.query("INSERT INTO scratch VALUES (1, 'twice')"));
  answers.aborted = await errorCode(client.query('SELECT 1'));
  await client.query('ROLLBACK');
  answers.kept = (await client.query('SELECT count(*) FROM scratch')).rows;
  answers.syntax = await errorCode(client.query('SELEKT'));
}

async function copies(client) {
  const lines = Array.from({ length: 200 }, (_, number) => `${number}\tword ${number}\n`);
  await pipeline(Readable.from(lines), client.query(copyFrom('COPY scratch FROM STDIN')));
  const out = Buffer.concat(await collect(client.query(copyTo('COPY scratch TO STDOUT'))));
  answers.copied = out.toString() === lines.join('');
  const people = Buffer.concat(await collect(client.query(copyTo('COPY people TO STDOUT'))));
  answers.copiedPeople = people.toString();
}

async function notices(client) {
  const seen = [];
  client.on('notice', (notice) => seen.push(notice.code));
  await client.query('DROP TABLE IF EXISTS never_was_here');
  answers.notices = seen;
}

async function pooled() {
  const pool = new Pool({ ...settings, max: 5 });
  const numbers = Array.from({ length: 40 }, (_, index) => index + 1);
  const results = await Promise.all(
    numbers.map((number) => pool.query('SELECT id FROM series WHERE id = $1', [number])),
  );
  answers.pooled = results.map((result) => result.rows[0].id);
  await pool.end();
}

async function main() {
  await withClient(async (client) => {
    for (const step of [reads, prepared, cursors, transactions, copies, notices]) await step(client);
  });
  await pooled();
  answers.wrongPassword = await errorCode(withClient(async () => {}, { password: 'not the one' }));
  process.stdout.write(JSON.stringify(answers));
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
