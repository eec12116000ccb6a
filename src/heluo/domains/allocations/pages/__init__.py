"""What officers order (`ordering`), what came from above (`receiving`), and the marks of entries (`marking`)."""
