const NUMBER = "(?:0|[1-9][0-9]*)";
const IDENTIFIER = `(?:${NUMBER}|[0-9]*[A-Za-z-][0-9A-Za-z-]*)`;
const VERSION = new RegExp(`^(${NUMBER})\\.(${NUMBER})\\.(${NUMBER})(?:-(${IDENTIFIER}(?:\\.${IDENTIFIER})*))?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?$`);

/** Whether a text is a semantic version (semver.org, 2.0.0). */
export function isVersion(text) {
  return typeof text === "string" && VERSION.test(text);
}

/** Below zero when the first version comes before the second: numbers as numbers, a pre-release before its release, builds alike. */
export function compareVersions(left, right) {
  const [, ...a] = VERSION.exec(left);
  const [, ...b] = VERSION.exec(right);
  for (let at = 0; at < 3; at++) if (a[at] !== b[at]) return compareNumbers(a[at], b[at]);
  if (a[3] === undefined || b[3] === undefined) return Number(a[3] === undefined) - Number(b[3] === undefined);
  const [before, after] = [a[3].split("."), b[3].split(".")];
  for (let at = 0; at < Math.min(before.length, after.length); at++) {
    if (before[at] !== after[at]) return compareIdentifiers(before[at], after[at]);
  }
  return before.length - after.length;
}

function compareIdentifiers(left, right) {
  const [isLeft, isRight] = [left, right].map(text => /^[0-9]+$/.test(text));
  if (isLeft && isRight) return compareNumbers(left, right);
  return isLeft === isRight ? (left < right ? -1 : 1) : Number(isRight) - Number(isLeft);
}

function compareNumbers(left, right) {
  const [a, b] = [BigInt(left), BigInt(right)];
  return a < b ? -1 : Number(a > b);
}
