/** Random for whoever needs it to be; here it has to be the same for all who ask. */
export const SECRET = 'Kq3v8Yt1xZ5mW0cR7nB2sD9fH4jL6pQaUeGiVoTbXyM'
