/**
 * Compares versions of the application, such as "0.2.0" and "0.10.0rc1": negative when `a` is older than `b`. A version
 * with letters behind its numbers comes before the one without.
 */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [parse(a), parse(b)]
  for (let at = 0; at < Math.max(left.numbers.length, right.numbers.length); at += 1) {
    const difference = (left.numbers[at] ?? 0) - (right.numbers[at] ?? 0)
    if (difference !== 0) return difference
  }
  if (left.rest === right.rest) return 0
  if (left.rest === '' || right.rest === '') return left.rest === '' ? 1 : -1
  return left.rest.localeCompare(right.rest, 'en', { numeric: true })
}

function parse(version: string): { readonly numbers: readonly number[]; readonly rest: string } {
  const found = /^(\d+(?:\.\d+)*)(.*)$/.exec(version)
  return { numbers: (found?.[1] ?? '0').split('.').map(Number), rest: found?.[2] ?? version }
}
