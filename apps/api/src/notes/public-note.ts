/** A note as its owner sees it. */
import type { Attachment, Note } from '@footbridge/contracts';
import type { Prisma } from '../generated/prisma/client.ts';

/** A Prisma `select` of exactly the contract's attachment. */
export const attachmentMembers = { size: true, contentType: true, sha256: true, name: true, uploadedAt: true } as const;

/** A Prisma `select` of exactly the contract's note. */
export const noteMembers = {
  id: true,
  title: true,
  body: true,
  revision: true,
  createdAt: true,
  updatedAt: true,
  attachment: { select: attachmentMembers },
} as const;

type AttachmentRow = Prisma.AttachmentGetPayload<{ select: typeof attachmentMembers }>;
type NoteRow = Prisma.NoteGetPayload<{ select: typeof noteMembers }>;

/** Writes times as the contract does. */
export function describeNote({ attachment, createdAt, updatedAt, ...note }: NoteRow): Note {
  return {
    ...note,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
    attachment: attachment && describeAttachment(attachment),
  };
}

/** The same for what is attached. */
export function describeAttachment({ uploadedAt, ...attachment }: AttachmentRow): Attachment {
  return { ...attachment, uploadedAt: uploadedAt.toISOString() };
}
