import { Button } from '@/design/button'
import { Dialog } from '@/design/dialog'
import { ProblemNotice } from '@/design/problem-notice'
import type { useConsentEvent } from '@/features/consents/use-consent-event'
import { useText } from '@/i18n/text'

type Props = { sources: string; act: ReturnType<typeof useConsentEvent>; onClose: () => void }

export function RevokeDialog({ sources, act, onClose }: Props) {
  const text = useText()
  return (
    <Dialog shape="box" title={text.consents.revokeTitle} closeLabel={text.close} onClose={onClose}>
      <div className="grid gap-3">
        <p>{text.consents.revokeLead(sources)}</p>
        <ul className="list-disc pl-5 text-quiet marker:text-line-strong">
          {text.consents.revokeEffects.map((effect) => (
            <li key={effect}>{effect}</li>
          ))}
        </ul>
        {act.isError && <ProblemNotice error={act.error} title={text.problem.notDone} />}
        <div className="mt-1 flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>{text.consents.revokeKeep}</Button>
          <Button
            look="danger"
            isBusy={act.isPending}
            onClick={() => {
              act.mutate('revoke', { onSuccess: onClose })
            }}
          >
            {text.consents.revokeConfirm}
          </Button>
        </div>
      </div>
    </Dialog>
  )
}
