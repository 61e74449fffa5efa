import { Link } from 'wouter'
import { useText } from '@/i18n/text'

export function Brand() {
  return (
    <Link href="/" className="flex items-center gap-2 text-lg font-semibold text-accent">
      <svg viewBox="0 0 32 32" aria-hidden="true" className="size-6">
        <rect width="32" height="32" rx="7" className="fill-accent-fill" />
        <path
          d="M9 8h9.5a4 4 0 0 1 0 8H9zm0 8h10.5a4 4 0 0 1 0 8H9z"
          fill="none"
          className="stroke-on-accent"
          strokeWidth="2.6"
          strokeLinejoin="round"
        />
      </svg>
      {useText().product}
    </Link>
  )
}
