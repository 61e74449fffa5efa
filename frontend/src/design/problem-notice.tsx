import { Fragment, type ReactNode } from 'react'
import { asProblem, UNREACHABLE, UNREADABLE, type Problem } from '@/api/problem'
import { Button } from '@/design/button'
import { AlertIcon, ShieldOffIcon } from '@/design/icons'
import { Notice } from '@/design/notice'
import { useText, type Text } from '@/i18n/text'

type Props = { error: unknown; title?: string; onRetry?: () => void; action?: ReactNode }

/** A problem in full: what happened, what to do, and its code small; a refusal is told apart from a failure. */
export function ProblemNotice({ error, title, onRetry, action }: Props) {
  const text = useText()
  const problem = asProblem(error)
  const { detail, hint } = wording(problem, text)
  return (
    <Notice
      isUrgent
      tone={problem.isRefusal ? 'bad' : 'warn'}
      icon={problem.isRefusal ? <ShieldOffIcon className="size-5" /> : <AlertIcon className="size-5" />}
      title={title ?? (problem.isRefusal ? text.problem.refused : text.problem.failed)}
      action={
        action ??
        (onRetry && problem.isWorthRetrying && (
          <Button onClick={onRetry}>{text.tryAgain}</Button>
        ))
      }
    >
      <p className="text-pretty">{detail}</p>
      {hint !== '' && <NextStep hint={hint} />}
      <p className="text-xs text-quiet">
        {text.problem.code} <code className="font-mono">{problem.code}</code>
        {problem.status > 0 && ` · ${text.problem.status(problem.status)}`}
      </p>
    </Notice>
  )
}

/** A remedy that is a command is set as one, so that it can be copied. */
function NextStep({ hint }: { hint: string }) {
  const text = useText()
  const command = /^(?:Run: )?(bahi \S.*)$/.exec(hint)?.[1]
  return (
    <p className="text-pretty break-words">
      <span className="text-quiet">{text.problem.nextStep} </span>
      {command === undefined ? hint : <Command words={command} />}
    </p>
  )
}

/** A command breaks between its words only, so that no option is torn apart. */
function Command({ words }: { words: string }) {
  return (
    <code className="font-mono text-xs">
      {words.split(' ').map((word, at) => (
        <Fragment key={`${String(at)}${word}`}>
          {at > 0 && ' '}
          <span className="inline-block max-w-full wrap-anywhere">{word}</span>
        </Fragment>
      ))}
    </code>
  )
}

function wording(problem: Problem, text: Text): { detail: string; hint: string } {
  if (problem.code === UNREACHABLE) return { detail: text.problem.unreachable, hint: text.problem.unreachableHint }
  if (problem.code === UNREADABLE) return { detail: text.problem.unreadable, hint: text.problem.unreadableHint }
  const { detail, hint } = problem
  return { detail: sentence(detail), hint: sentence(hint) }
}

/** The service writes its messages for a terminal, without a capital. A command keeps its own case. */
function sentence(words: string): string {
  return words.startsWith('bahi ') ? words : words.charAt(0).toUpperCase() + words.slice(1)
}
