// The form that opens a case: which steps are answered, and text that this browser kept and the server never got.
