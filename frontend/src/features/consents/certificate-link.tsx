import { useText } from '@/i18n/text'

type Props = { consentId: string; sources: string }

/** A plain link: the browser saves the very bytes that were signed, which a page that read them could not promise. */
export function CertificateLink({ consentId, sources }: Props) {
  const text = useText()
  return (
    <div className="grid justify-items-start gap-1">
      <a
        href={`/api/consents/${encodeURIComponent(consentId)}/certificate`}
        download={`certificate-${consentId}.json`}
        aria-label={text.consents.certificateOf(sources)}
        className="inline-flex min-h-8 items-center rounded-md border border-line bg-surface px-3 text-sm font-medium text-ink transition-colors hover:bg-hover max-sm:min-h-10"
      >
        {text.consents.certificate}
      </a>
      <p className="text-xs text-quiet">{text.consents.certificateHint}</p>
    </div>
  )
}
