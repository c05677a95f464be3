"""What is paid before it falls due: offered ahead of holidays, and used when its day comes."""
