"""What other apps may call: nothing yet; they hear `RosterImported`."""
