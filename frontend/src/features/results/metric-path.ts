export function metricPath(customerId: string, metricId: string): string {
  return `/customers/${encodeURIComponent(customerId)}/metrics/${encodeURIComponent(metricId)}`
}
