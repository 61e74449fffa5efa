import { useId, useLayoutEffect, useRef, type ReactNode } from 'react'
import { Button } from '@/design/button'
import { CrossIcon } from '@/design/icons'

const SHAPES = {
  box: 'm-auto w-[min(27rem,calc(100vw-2rem))] rounded-lg',
  sheet: 'mr-0 ml-auto h-dvh max-h-none w-[min(46rem,100vw)] max-w-none border-y-0 border-r-0',
}

type Props = {
  shape: keyof typeof SHAPES
  title: string
  closeLabel: string
  onClose: () => void
  children: ReactNode
}

/** The browser's own modal: focus trap, Escape and inert page come with it, and no style tag the content policy forbids. */
export function Dialog({ shape, title, closeLabel, onClose, children }: Props) {
  const box = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  useLayoutEffect(() => {
    const dialog = box.current
    dialog?.showModal()
    return () => dialog?.close()
  }, [])
  return (
    <dialog
      ref={box}
      aria-labelledby={titleId}
      closedby="any"
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      className={`border border-line bg-surface p-0 text-ink shadow-high ${SHAPES[shape]}`}
    >
      <div className="flex h-full min-h-0 flex-col">
        <div className="flex items-start justify-between gap-3 border-b border-line py-2.5 pr-2.5 pl-5">
          <h2 id={titleId} className="py-1 text-lg font-semibold text-pretty">
            {title}
          </h2>
          <Button look="quiet" className="w-8 px-0 max-sm:w-10" aria-label={closeLabel} onClick={onClose}>
            <CrossIcon />
          </Button>
        </div>
        <div className="min-h-0 flex-1 overflow-y-auto p-5">{children}</div>
      </div>
    </dialog>
  )
}
