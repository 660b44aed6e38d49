/** What the ABI accepts as the name of a table, column, index, reducer, query, event or parameter. */
const NAME = /^[a-z][a-z0-9_]{0,62}$/;
const TYPE_NAME = /^[A-Za-z][A-Za-z0-9_]{0,62}$/;

/** `openAccount` and `OpenAccount` become `open_account`; a name that is snake_case already stays. */
export function snakeCase(name) {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1_$2")
    .toLowerCase();
}

/** `by_owner` becomes `byOwner`: how tables and indexes are called in source. */
export function camelCase(name) {
  return name.replace(/_+([a-z0-9])/g, (_, letter) => letter.toUpperCase());
}

export function isName(name) {
  return NAME.test(name);
}

export function isTypeName(name) {
  return TYPE_NAME.test(name);
}

/** Whether a name may stand behind the point in `old.people1`. */
export function isAccessor(name) {
  return typeof name === "string" && /^[a-z][A-Za-z0-9]{0,62}$/.test(name);
}
