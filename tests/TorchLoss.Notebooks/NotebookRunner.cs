using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;

namespace TorchLoss.Notebooks;

/// <summary>Runs the C# cells of one notebook, each on what the ones before it left.</summary>
internal sealed partial class NotebookRunner
{
    private static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(path => !Path.GetFileName(path).StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    private static readonly ScriptOptions Options = ScriptOptions
        .Default.WithReferences(References)
        .WithImports("System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Threading.Tasks")
        .WithLanguageVersion(LanguageVersion.CSharp14)
        .WithOptimizationLevel(OptimizationLevel.Release)
        .WithEmitDebugInformation(true)
        .WithFileEncoding(Encoding.UTF8);

    private readonly NotebookGlobals _globals = new();
    private readonly string _path;
    private ScriptState<object>? _state;

    private NotebookRunner(string path) => _path = path;

    /// <summary>Runs a notebook in its own folder and says on the console how each cell went.</summary>
    /// <param name="path">The file.</param>
    /// <param name="check">Write nothing, but fail where outputs are missing.</param>
    /// <returns>Whether all cells passed.</returns>
    public static async Task<bool> RunAsync(string path, bool check)
    {
        path = Path.GetFullPath(path);
        Console.WriteLine(path);
        Notebook notebook;
        try
        {
            notebook = Notebook.Read(path);
        }
        catch (InvalidDataException e)
        {
            Console.WriteLine($"  FAIL  {e.Message}");
            return false;
        }

        string home = Environment.CurrentDirectory;
        Environment.CurrentDirectory = Path.GetDirectoryName(path)!;
        try
        {
            bool passed = await new NotebookRunner(path).RunCellsAsync(notebook, check);
            if (!check)
            {
                notebook.Save();
            }

            return passed;
        }
        finally
        {
            Environment.CurrentDirectory = home;
        }
    }

    private async Task<bool> RunCellsAsync(Notebook notebook, bool check)
    {
        for (int i = 0; i < notebook.CodeCells.Count; i++)
        {
            var cell = notebook.CodeCells[i];
            var watch = Stopwatch.StartNew();
            var (outputs, error) = await RunCellAsync(cell, number: i + 1);
            if (error is null && check && outputs.Count > 0 && !cell.HasStoredOutputs)
            {
                error = "shows something, but no outputs are stored: run the notebook without --check";
            }

            cell.Store(i + 1, outputs);
            Console.WriteLine(
                $"  {(error is null ? "ok  " : "FAIL")}  cell {i + 1, 2}  {watch.ElapsedMilliseconds, 6} ms  {cell.Heading}"
            );
            if (error is not null)
            {
                Console.WriteLine(
                    $"        cell {i + 1}{(error.StartsWith("line", StringComparison.Ordinal) ? ", " : ": ")}{error}"
                );
                return false;
            }
        }

        return true;
    }

    private async Task<(JsonArray Outputs, string? Error)> RunCellAsync(CodeCell cell, int number)
    {
        var outputs = new JsonArray();
        using var printed = new StringWriter { NewLine = "\n" };
        using var complained = new StringWriter { NewLine = "\n" };
        _globals.Outputs = outputs;
        _globals.BeforeDisplay = Flush;
        var (console, errors) = (Console.Out, Console.Error);
        Console.SetOut(printed);
        Console.SetError(complained);
        string file = $"{_path}#{number}";
        try
        {
            string code = WithoutPackages(cell.Source);
            var options = Options.WithFilePath(file);
            _state = _state is null
                ? await CSharpScript.RunAsync(code, options, _globals)
                : await _state.ContinueWithAsync(code, options);
            Flush();
            if (_state.ReturnValue is { } value)
            {
                outputs.Add(Output.Result(number, MimeBundle.Of(value)));
            }

            return (outputs, null);
        }
        catch (Exception e)
        {
            Flush();
            string message = Explain(e, file);
            outputs.Add(Output.Error(e.GetType().Name, message));
            return (outputs, message);
        }
        finally
        {
            Console.SetOut(console);
            Console.SetError(errors);
        }

        void Flush()
        {
            Move(printed, "stdout");
            Move(complained, "stderr");
        }

        void Move(StringWriter text, string name)
        {
            if (text.GetStringBuilder().Length > 0)
            {
                outputs.Add(Output.Stream(name, text.ToString()));
                text.GetStringBuilder().Clear();
            }
        }
    }

    /// <summary>
    /// A line as <c>#r "nuget: TorchLoss"</c> is for the reader's own kernel: here the assemblies are the runner's. It becomes a comment,
    /// so that line numbers stay.
    /// </summary>
    private static string WithoutPackages(string source) => PackageLine().Replace(source, "// $0");

    private static string Explain(Exception error, string file)
    {
        if (error is CompilationErrorException compilation)
        {
            return string.Join(
                "\n        ",
                compilation
                    .Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
                    .Select(diagnostic =>
                        $"line {diagnostic.Location.GetLineSpan().StartLinePosition.Line + 1}: {diagnostic.Id}: {diagnostic.GetMessage()}"
                    )
            );
        }

        var frame = new StackTrace(error, fNeedFileInfo: true)
            .GetFrames()
            .FirstOrDefault(frame => frame.GetFileName() == file);
        string place = frame is null ? "" : $"line {frame.GetFileLineNumber()}: ";
        return $"{place}{error.GetType().Name}: {error.Message}";
    }

    [GeneratedRegex("""^\s*(#r\s+"nuget:|#i\s|#!)""", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex PackageLine();
}
