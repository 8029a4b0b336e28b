using TorchLoss.Notebooks;

const string Usage = """
    Runs C# notebooks (.ipynb) cell by cell and writes their outputs back; stops at the first error of a notebook.

    TorchLoss.Notebooks [PATH...] [--check] [--apps]

      PATH      notebooks, file-based apps (.cs) or folders with them; the repository's notebooks folder where none is given
      --check   write nothing; a cell that shows something must have outputs stored
      --apps    also run the file-based apps (.cs) of the folders, by `dotnet run`

    The last line is `N passed, N failed`. Exit codes: 0 all passed, 1 one failed, 2 wrong use.
    """;

var paths = new List<string>();
bool check = false;
bool apps = false;
foreach (string argument in args)
{
    switch (argument)
    {
        case "--check":
            check = true;
            break;
        case "--apps":
            apps = true;
            break;
        case "--help" or "-h":
            Console.WriteLine(Usage);
            return 0;
        case ['-', ..]:
            Console.Error.WriteLine($"Unknown option {argument}.\n\n{Usage}");
            return 2;
        default:
            paths.Add(argument);
            break;
    }
}

if (paths.Count == 0)
{
    paths.Add(RepositoryNotebooks());
}

var files = new List<string>();
foreach (string path in paths)
{
    if (Directory.Exists(path))
    {
        files.AddRange(Directory.EnumerateFiles(path, "*.ipynb").Order(StringComparer.Ordinal));
        files.AddRange(apps ? Directory.EnumerateFiles(path, "*.cs").Order(StringComparer.Ordinal) : []);
    }
    else if (File.Exists(path))
    {
        files.Add(path);
    }
    else
    {
        Console.Error.WriteLine($"There is no notebook or folder '{path}'.");
        return 2;
    }
}

int failed = 0;
foreach (string file in files)
{
    bool passed =
        Path.GetExtension(file) == ".cs" ? await AppRunner.RunAsync(file) : await NotebookRunner.RunAsync(file, check);
    failed += passed ? 0 : 1;
}

Console.WriteLine($"{files.Count - failed} passed, {failed} failed");
return failed == 0 ? 0 : 1;

// The folder beside the solution, wherever below it this is started.
static string RepositoryNotebooks()
{
    for (var folder = new DirectoryInfo(Environment.CurrentDirectory); folder is not null; folder = folder.Parent)
    {
        if (File.Exists(Path.Combine(folder.FullName, "TorchLoss.sln")))
        {
            return Path.Combine(folder.FullName, "notebooks");
        }
    }

    return "notebooks";
}
