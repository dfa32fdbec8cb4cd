/** What the application asks the person, apart from how: the file code is tested without windows. */
export interface Questions {
  /** The lab has edits that are in no file. */
  unsavedEdits(labName: string): Promise<'save' | 'discard' | 'cancel'>;
  /** Another program wrote the file since it was read. */
  changedOutside(file: string): Promise<'overwrite' | 'save-as' | 'cancel'>;
  /** A folder that has a lab already was chosen to save another one in. */
  replaceLab(folder: string): Promise<'replace' | 'cancel'>;
  /** A lab to open; undefined when the person changed their mind. */
  labToOpen(): Promise<string | undefined>;
  /** A folder to save in, possibly a new one; undefined when the person changed their mind. */
  folderToSaveIn(suggestedName: string): Promise<string | undefined>;
}
