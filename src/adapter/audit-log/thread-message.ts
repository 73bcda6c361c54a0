import type { Peaks } from './frontier.ts'

/** The open files of a segment. */
export interface SegmentFiles {
  /** Index of its first entry. */
  readonly first: number
  readonly lines: number
  readonly hashes: number
}

/** Where the thread that hashes begins. */
export interface ThreadStart extends Peaks {
  /** Absolute: new names in it are brought to stable storage. */
  readonly directory: string
  readonly segment: SegmentFiles
  /** Bytes of the segment that are in the tree. */
  readonly offset: number
  readonly checkpoints: number
  /** Bytes of the checkpoints that are whole. */
  readonly checkpointBytes: number
  readonly frontier: number
  /** Which of its two places is written first: the other has what the last checkpoint needs. */
  readonly slot: number
}

/** What the thread is told; it does one after the other. */
export type ThreadOrder =
  /** Brings the segment to stable storage up to a place, and its entries into the tree. */
  | { readonly kind: 'advance'; readonly upTo: number; readonly root: boolean }
  /** Goes on to another segment; the files of the one before are closed. */
  | { readonly kind: 'segment'; readonly segment: SegmentFiles }
  /** Writes a checkpoint. */
  | { readonly kind: 'note'; readonly text: string }
  /** Tries again what failed. */
  | { readonly kind: 'retry' }
  /** Brings the checkpoints to stable storage, closes everything and ends. */
  | { readonly kind: 'end' }

/** What the thread tells. */
export type ThreadReport =
  /** An `advance` is done: so many entries are on stable storage, and in the tree of this root where it was asked for. */
  | { readonly kind: 'synced'; readonly size: number; readonly root: Uint8Array | undefined }
  /** Something failed, with the code of the system: nothing more is done before `retry`. */
  | { readonly kind: 'failed'; readonly code: string }
  /** What failed has succeeded. */
  | { readonly kind: 'recovered' }
  | { readonly kind: 'ended' }
