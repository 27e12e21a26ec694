"""Writes the vectors in envelope/ anew: python tests/vectors/make_envelope_vectors.py

Keys and contents are fixed. Stanzas and signatures are random by nature, so those vectors are stored
results and differ at every run. What the tablet's code seals (parts_typescript.json) is not written here:
envelope/README.md says how, and how all of them are read.
"""

from envelope_maker.bodies import write_bodies
from envelope_maker.cases import write_case_lists
from envelope_maker.covers import write_covers
from envelope_maker.documents import write_documents
from envelope_maker.parcels import write_parcels
from envelope_maker.parts import write_parts, write_records
from envelope_maker.simple import write_canonical, write_keys

if __name__ == "__main__":
    writers = (write_keys, write_canonical, write_bodies, write_covers, write_parts, write_records, write_documents)
    for write in (*writers, write_case_lists, write_parcels):
        write()
