using System.IO.Compression;

namespace TorchLoss.Cli.Tests;

/// <summary>Reference cases through the command, good and hostile ones.</summary>
public sealed class VerifyTests
{
    [Fact]
    public void Good_cases_pass_and_wrong_ones_fail()
    {
        using var folder = new TemporaryFolder();
        var golden = Golden("MSELoss.json.gz");
        var answer = Command.Succeed("verify", golden, "--json");
        Assert.Equal(1, answer.Json.GetProperty("passed").GetInt32());
        Assert.Contains(
            "1 passed, 0 failed, 0 skipped",
            Command.Succeed("verify", golden).Out,
            StringComparison.Ordinal
        );

        var wrong = folder.File(
            "wrong.json",
            Case("MSELoss", "1.25", Numbers("input", "2", "1,2"), Numbers("target", "2", "0,0"))
        );
        var failed = Command.Run("verify", wrong);
        Assert.Equal(1, failed.Code);
        Assert.Contains("0 passed, 1 failed, 0 skipped", failed.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_losses_are_skipped_or_fail()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File(
            "x.json",
            Unzipped(Golden("MSELoss.json.gz")).Replace("MSELoss", "NoSuchLoss", StringComparison.Ordinal)
        );
        Assert.Contains("1 skipped", Command.Succeed("verify", file).Out, StringComparison.Ordinal);
        Assert.Equal(1, Command.Run("verify", file, "--strict").Code);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"loss\": \"MSELoss\"}")]
    [InlineData("{\"loss\": \"MSELoss\", \"cases\": 5}")]
    [InlineData("{\"loss\": 7, \"cases\": []}")]
    public void Rubbish_fails_with_a_message(string text)
    {
        using var folder = new TemporaryFolder();
        Fails(folder.File("case.json", text));
    }

    [Fact]
    public void Hostile_files_fail_with_a_message()
    {
        using var folder = new TemporaryFolder();
        Fails(folder.File("deep.json", new string('[', 5000) + new string(']', 5000)));
        Fails(folder.File("deeper.json", string.Concat(Enumerable.Repeat("{\"loss\":", 5000))));
        var bytes = new byte[50_000];
        new Random(2).NextBytes(bytes);
        File.WriteAllBytes(folder.At("bytes.json"), bytes);
        Fails(folder.At("bytes.json"));
        File.WriteAllBytes(folder.At("bytes.json.gz"), bytes);
        Fails(folder.At("bytes.json.gz"));
    }

    public static TheoryData<string> HostileCases =>
        [
            Case("MSELoss", "0", Numbers("input", "2,3", "1,2,3,4"), Numbers("target", "2,3", "0,0,0,0,0,0")),
            Case("MSELoss", "0", Numbers("input", "2", "1,2"), Numbers("target", "3", "0,0,0")),
            Case("MSELoss", "0", Numbers("input", "4000000000,4000000000", "1"), Numbers("target", "1", "0")),
            Case("MSELoss", "0", Numbers("input", "9223372036854775807,2", "1"), Numbers("target", "1", "0")),
            Case("MSELoss", "0", Numbers("input", "-1", ""), Numbers("target", "1", "0")),
            Case("MSELoss", "0", Numbers("input", "1", "\"nan\""), Numbers("target", "1", "0")),
            Case("MSELoss", "0", Numbers("input", "1", "{}"), Numbers("target", "1", "0")),
            Case("MSELoss", "0", Numbers("input", "1", "1")),
            Case("MSELoss", "0", Numbers("input", "1", "1"), Numbers("target", "1", "0"), Numbers("more", "1", "0")),
            Case("MSELoss", "0", Numbers("input", "1", "1", "float99"), Numbers("target", "1", "0")),
            Case("CrossEntropyLoss", "0", Numbers("input", "1,3", "1,2,3"), Numbers("target", "1", "3", "int64")),
            Case("CrossEntropyLoss", "0", Numbers("input", "1,3", "1,2,3"), Numbers("target", "1", "-1", "int64")),
            Case("CrossEntropyLoss", "0", Numbers("input", "1,3", "1,2,3"), Numbers("target", "1", "1e300", "int64")),
            Case("CrossEntropyLoss", "0", Numbers("input", "1,3", "1,2,3"), Numbers("target", "1", "0.5", "int64")),
            Case("MultiMarginLoss", "0", Numbers("input", "1,3", "1,2,3"), Numbers("target", "1", "77", "int64")),
            Case("NLLLoss", "0", Numbers("input", "", "1"), Numbers("target", "", "0", "int64")),
            Case(
                "CTCLoss",
                "0",
                Numbers("log_probs", "2,1,2", "-1,-1,-1,-1"),
                Numbers("targets", "1,1", "9", "int64"),
                Numbers("input_lengths", "1", "2", "int64"),
                Numbers("target_lengths", "1", "1", "int64")
            ),
            Case(
                "CTCLoss",
                "0",
                Numbers("log_probs", "2,1,2", "-1,-1,-1,-1"),
                Numbers("targets", "1,1", "1", "int64"),
                Numbers("input_lengths", "1", "2000000", "int64"),
                Numbers("target_lengths", "1", "-7", "int64")
            ),
            Case(
                "TripletMarginLoss",
                "0",
                Numbers("anchor", "1,2", "1,2"),
                Numbers("positive", "3", "1,2,3"),
                Numbers("negative", "", "1")
            ),
            Case("DiceLoss", "0", Numbers("input", "1,2", "1,2"), Numbers("target", "5", "1,2,3,4,5")),
        ];

    [Theory]
    [MemberData(nameof(HostileCases))]
    public void Hostile_cases_fail_with_a_message(string text)
    {
        using var folder = new TemporaryFolder();
        Fails(folder.File("case.json", text));
    }

    [Theory]
    [InlineData("\"reduction\": \"median\"", "batch")]
    [InlineData("\"reduction\": 7", "reduction")]
    [InlineData("\"redaction\": \"mean\"", "no option 'redaction'")]
    [InlineData("\"reduction\": {\"type\": \"x\"}", "reduction")]
    public void Wrong_options_are_named(string option, string word)
    {
        using var folder = new TemporaryFolder();
        var text = Case("KLDivLoss", "0", Numbers("input", "1,1", "0"), Numbers("target", "1,1", "1"));
        Assert.Contains(
            word,
            Fails(
                folder.File(
                    "case.json",
                    text.Replace("\"params\": {}", $"\"params\": {{{option}}}", StringComparison.Ordinal)
                )
            ),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Nowhere_is_refused()
    {
        using var folder = new TemporaryFolder();
        Command.Refused(2, ["PATH", "nowhere"], "verify", folder.At("nowhere"));
        Command.Refused(2, ["PATH", "no case file"], "verify", folder.Path);
        Assert.Equal(2, Command.Run("verify").Code);
    }

    static string Fails(string file)
    {
        var answer = Command.Run("verify", file);
        Assert.Equal(1, answer.Code);
        Assert.Contains("1 failed", answer.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", answer.Out + answer.Error, StringComparison.Ordinal);
        return answer.Out;
    }

    static string Case(string loss, string value, params string[] inputs) =>
        $$"""
            {"loss": "{{loss}}", "cases": [{"name": "a", "params": {}, "inputs": [{{string.Join(", ", inputs)}}],
             "expected": {"value": {"shape": [], "data": [{{value}}] }, "grads": {} } }] }
            """;

    static string Numbers(string name, string shape, string data, string dtype = "float64") =>
        $$"""{"name": "{{name}}", "dtype": "{{dtype}}", "shape": [{{shape}}], "data": [{{data}}], "requires_grad": false }""";

    static string Golden(string name)
    {
        var root = AppContext.BaseDirectory.Split(Path.Combine("tests", "TorchLoss.Cli.Tests"))[0];
        return Path.Combine(root, "tests", "TorchLoss.Tests", "Golden", "Cases", name);
    }

    static string Unzipped(string file)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        return reader.ReadToEnd();
    }
}
