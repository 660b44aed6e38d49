export { TestHost } from "./host.mjs";
export { Schema } from "./schema.mjs";
export { decode, decodeFields, encode, encodeFields } from "./values.mjs";
