/** The metric stands in the query: the last step of a path holds no dot, or the server would look for a file. */
export function metricPath(customerId: string, metricId: string): string {
  return `/customers/${encodeURIComponent(customerId)}?metric=${encodeURIComponent(metricId)}`
}
