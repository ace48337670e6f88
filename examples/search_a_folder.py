"""Makes the pictures of a folder searchable and asks for some.

python examples/search_a_folder.py ~/Pictures "pink birds"
"""

import sys

from lookalike import Library, Term


def main(folder: str, words: str) -> None:
    with Library.open("my-library") as library:
        report = library.index([folder], progress=print)
        print(f"{report.indexed} pictures indexed, {sum(report.skipped.values())} skipped")

        found = library.search(words, limit=5)
        for match in found.matches:
            print(f"{match.score:.3f}  {match.band:6}  {match.asset.path}")

        if found.matches:
            best = Term.like(found.matches[0].asset.id)
            less = Term.text("people", weight=-0.5)
            print("More like the first, with fewer people:")
            for match in library.search([best, less], limit=5).matches:
                print(f"{match.score:.3f}  {match.band:6}  {match.asset.path}")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
