import createClient from 'openapi-fetch'
import { Problem, problemOf, UNREADABLE } from '@/api/problem'
import type { paths } from '@/api/schema.gen'

/** The fetch is looked up per call, so that a test can put its own in place. */
export const client = createClient<paths>({ baseUrl: window.location.origin, fetch: (request) => fetch(request) })

type Call<Good> = Promise<{ data?: Good; error?: unknown; response: Response }>

/** Gives the body of a good answer, or throws a Problem. */
export async function answer<Good>(call: Call<Good>): Promise<Good> {
  const { data, error, response } = await call.catch(notJson)
  if (data !== undefined) return data
  throw problemOf(response.status, error)
}

function notJson(thrown: unknown): never {
  if (thrown instanceof SyntaxError) throw new Problem(502, UNREADABLE, '', '')
  throw thrown
}
