"""The account of somebody who leaves."""
