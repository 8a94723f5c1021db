from registry_sheets.cli import main

if __name__ == "__main__":
    main()
