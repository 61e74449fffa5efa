import type { ReactNode } from 'react'

function Icon({ children, className = 'size-4' }: { children: ReactNode; className?: string }) {
  return (
    <svg
      viewBox="0 0 24 24"
      className={`shrink-0 ${className}`}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  )
}

type Shape = { className?: string }

export const ShieldIcon = (shape: Shape) => (
  <Icon {...shape}>
    <path d="M12 3 5 5.8v5.4c0 4.4 2.9 7.9 7 9.8 4.1-1.9 7-5.4 7-9.8V5.8z" />
    <path d="m9 11.8 2.2 2.2 3.9-4.2" />
  </Icon>
)
export const ShieldOffIcon = (shape: Shape) => (
  <Icon {...shape}>
    <path d="M12 3 5 5.8v5.4c0 4.4 2.9 7.9 7 9.8 4.1-1.9 7-5.4 7-9.8V5.8z" />
    <path d="m9.6 9.6 4.8 4.8m0-4.8-4.8 4.8" />
  </Icon>
)
export const AlertIcon = (shape: Shape) => (
  <Icon {...shape}>
    <path d="M12 4 2.8 19.5h18.4z" />
    <path d="M12 10v4.2m0 2.6v.1" />
  </Icon>
)
export const PlayIcon = (shape: Shape) => (
  <Icon {...shape}>
    <path d="M8 5.5v13l10.5-6.5z" />
  </Icon>
)
export const CheckIcon = (shape: Shape) => (
  <Icon {...shape}>
    <path d="m5 12.5 4.6 4.5L19 7.5" />
  </Icon>
)
export const CrossIcon = (shape: Shape) => (
  <Icon {...shape}>
    <path d="m6.5 6.5 11 11m0-11-11 11" />
  </Icon>
)
export const ChevronIcon = (shape: Shape) => (
  <Icon {...shape}>
    <path d="m9 5.5 6.5 6.5L9 18.5" />
  </Icon>
)
export const BackIcon = (shape: Shape) => (
  <Icon {...shape}>
    <path d="M19 12H5.5m5.5-6-6 6 6 6" />
  </Icon>
)
export const PlusIcon = (shape: Shape) => (
  <Icon {...shape}>
    <path d="M12 5v14M5 12h14" />
  </Icon>
)
export const SunIcon = (shape: Shape) => (
  <Icon {...shape}>
    <circle cx="12" cy="12" r="3.8" />
    <path d="M12 3v1.8m0 14.4V21M3 12h1.8m14.4 0H21M5.6 5.6l1.3 1.3m10.2 10.2 1.3 1.3m0-12.8-1.3 1.3M6.9 17.1l-1.3 1.3" />
  </Icon>
)
export const MoonIcon = (shape: Shape) => (
  <Icon {...shape}>
    <path d="M20 14.2A8.3 8.3 0 0 1 9.8 4a8.3 8.3 0 1 0 10.2 10.2" />
  </Icon>
)
export const ScreenIcon = (shape: Shape) => (
  <Icon {...shape}>
    <rect x="3.5" y="5" width="17" height="11.5" rx="1.6" />
    <path d="M9 20h6" />
  </Icon>
)
export const UsersIcon = (shape: Shape) => (
  <Icon {...shape}>
    <circle cx="9" cy="8.5" r="3.2" />
    <path d="M3 19.5c.4-3.4 2.8-5.2 6-5.2s5.6 1.8 6 5.2M16 5.6a3.2 3.2 0 0 1 0 5.8m2 3.4c1.7.7 2.8 2.3 3 4.7" />
  </Icon>
)
