const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+/g

/**
 * A line of JSON with a field to a row. Only space is added: reading and writing it again would round a long number or
 * drop the zeros of an amount. What is no JSON is null.
 */
export function laidOut(line: string): string | null {
  if (!isJson(line)) return null
  let depth = 0
  let shown = ''
  let last = ''
  for (const [token] of line.matchAll(TOKEN)) {
    if (token === '}' || token === ']') depth -= 1
    if (startsRow(last, token)) shown += `\n${'  '.repeat(depth)}`
    shown += token === ':' ? ': ' : token
    if (token === '{' || token === '[') depth += 1
    last = token
  }
  return shown
}

/** An empty object or list stays in one piece. */
function startsRow(last: string, token: string): boolean {
  if (token === '}') return last !== '{'
  if (token === ']') return last !== '['
  return last === ',' || last === '{' || last === '['
}

function isJson(line: string): boolean {
  try {
    return typeof JSON.parse(line) === 'object'
  } catch {
    return false
  }
}
