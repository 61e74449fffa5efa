import { ShieldIcon } from '@/design/icons'
import { Button } from '@/design/button'
import { useText } from '@/i18n/text'

export function NotSignedIn({ onRetry }: { onRetry: () => void }) {
  const text = useText()
  const { steps, command } = text.signIn
  return (
    <main className="mx-auto grid min-h-dvh max-w-md content-center gap-4 p-6">
      <span className="grid size-10 place-items-center rounded-lg bg-accent-soft text-accent">
        <ShieldIcon className="size-5" />
      </span>
      <h1 className="text-xl font-semibold">{text.signIn.title}</h1>
      <p className="text-quiet">{text.signIn.lead}</p>
      <ol className="grid list-decimal gap-2 pl-5">
        <li>
          {steps[0]}
          <code className="mt-1.5 block w-fit rounded-md border border-line bg-surface px-3 py-1.5 font-mono">{command}</code>
        </li>
        <li>{steps[1]}</li>
      </ol>
      <div>
        <Button onClick={onRetry}>{text.signIn.retry}</Button>
      </div>
    </main>
  )
}
