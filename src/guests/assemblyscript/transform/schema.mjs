/** The lines of the custom section `interstice.schema` (docs/abi.md), in the order of the sources. */
export function schemaLines(module, model, types, reach) {
  return [
    { module: { name: module.name, version: module.version, abi: 1 } },
    ...[...types.declared.values()].map(({ type }) => ({ type: typeLine(type) })),
    ...model.tables.map(table => ({ table: tableLine(table) })),
    ...model.events.map(event => ({ event: { name: event.name, type: event.struct.schema } })),
    ...model.calls.map(call => ({ [call.kind]: callLine(call, reach.remotesOf(call)) })),
    ...model.subscriptions.map(subscription => ({ subscription: subscriptionLine(subscription) })),
    ...model.migrations.map(migration => ({ migration: migrationLine(migration) })),
  ].map(line => JSON.stringify(line));
}

function typeLine(type) {
  if (type.wrapped) return { name: type.schema, alias: type.wrapped };
  if (type.kind === "enum") return { name: type.schema, enum: type.variants.map(name => ({ name })) };
  return { name: type.schema, struct: type.fields.map(field => ({ name: field.name, type: field.type.schema })) };
}

function tableLine(table) {
  const line = { name: table.name, columns: table.columns.map(column => columnLine(column)) };
  if (table.compositeKey) line.primaryKey = table.primaryKey.map(column => column.name);
  const indexes = table.indexes.filter(index => !index.implied);
  if (indexes.length > 0) line.indexes = indexes.map(indexLine);
  if (table.kind !== "logged") line.kind = table.kind;
  if (table.options.visibility === "private") line.visibility = "private";
  if (table.options.version !== undefined) line.version = Number(table.options.version);
  return line;
}

function columnLine(column) {
  const line = { name: column.name, type: column.type.schema };
  if (column.primaryKey) line.primaryKey = true;
  if (column.autoInc) line.autoInc = true;
  if (column.unique) line.unique = true;
  if (column.default !== undefined) line.default = column.default;
  return line;
}

function indexLine(index) {
  const line = { name: index.name, columns: index.columns.map(column => column.name) };
  if (index.unique) line.unique = true;
  return line;
}

function callLine(call, remotes) {
  const line = { name: call.name };
  if (call.parameters.length > 0) {
    line.parameters = call.parameters.map(parameter => ({ name: parameter.name, type: parameter.type.schema }));
  }
  if (call.result) line.result = call.result.schema;
  if (call.options.visibility === "private") line.visibility = "private";
  if (call.lifecycle) line.lifecycle = call.lifecycle;
  const calls = [...new Set([...(call.options.calls ?? []), ...remotes])].sort();
  if (calls.length > 0) line.calls = calls;
  return line;
}

function subscriptionLine({ depth, ...subscription }) {
  return depth === undefined ? subscription : { ...subscription, depth: Number(depth) };
}

function migrationLine({ from, to, name, reads, fills, drops }) {
  const line = { from, to, reducer: name };
  if (reads.length > 0) line.reads = reads.map(tableLine);
  line.writes = fills.map(({ table, isOld }) => isOld ? tableLine(table) : table.name);
  if (drops.length > 0) line.drops = drops;
  return line;
}
