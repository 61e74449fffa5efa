/** What went wrong, as RFC 9457 tells it; every failed call ends as one of these. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly hint: string,
  ) {
    super(detail)
    this.name = 'Problem'
  }

  get isSignedOut(): boolean {
    return this.status === 401
  }

  get isRefusal(): boolean {
    return this.status === 403
  }

  /** Asking the very same again can help: the fault was not in the question. */
  get isWorthRetrying(): boolean {
    return this.status < 400 || this.status >= 500 || this.code === UNREADABLE
  }

  get isPassing(): boolean {
    return this.status === 0 || this.status === 503
  }
}

export const UNREACHABLE = 'UNREACHABLE'
export const UNREADABLE = 'UNREADABLE'

/** Reads a body that claims to be problem+json and trusts no part of it. */
export function problemOf(status: number, body: unknown): Problem {
  const code = textIn(body, 'code')
  if (code === '') return new Problem(status, UNREADABLE, '', '')
  return new Problem(status, code, textIn(body, 'detail') || textIn(body, 'title'), textIn(body, 'hint'))
}

/** The shape tanstack hands back is unknown; a thrown TypeError is the network. */
export function asProblem(thrown: unknown): Problem {
  return thrown instanceof Problem ? thrown : new Problem(0, UNREACHABLE, '', '')
}

export function textIn(body: unknown, key: string): string {
  if (typeof body !== 'object' || body === null || !(key in body)) return ''
  const found = (body as Readonly<Record<string, unknown>>)[key]
  return typeof found === 'string' ? found : ''
}
