using System.Text.Json;
using TorchLoss.Cli.Bench;
using TorchLoss.Cli.Losses;

namespace TorchLoss.Cli.Tests;

/// <summary>What is measured, at which sizes, and how it is told; never how fast it is.</summary>
public sealed class BenchTests
{
    static readonly string[] Keys =
    [
        "loss",
        "size",
        "threads",
        "fused_ms",
        "composed_ms",
        "builtin_ms",
        "copy_ms",
        "forward_us",
        "peak_extra_tensors",
        "cold_fused_ms",
        "cold_composed_ms",
        "cold_builtin_ms",
        "triad_ms",
        "bandwidth_share",
    ];

    [Fact]
    public void Json_has_a_line_for_each_loss_and_size()
    {
        var list = Command.Succeed(
            "bench",
            "MSELoss",
            "SoftmaxFocalLoss:gamma=1",
            "GIoULoss",
            "--sizes",
            "64,8x5",
            "--threads",
            "1",
            "--json"
        );
        var all = list.Json.EnumerateArray().ToList();
        Assert.Equal(
            ["MSELoss 64", "MSELoss 8x5", "SoftmaxFocalLoss:gamma=1 8x5", "GIoULoss 64"],
            all.Select(r => $"{r.GetProperty("loss").GetString()} {r.GetProperty("size").GetString()}")
        );
        Assert.All(all, result => Assert.Equal(Keys, result.EnumerateObject().Select(p => p.Name)));
        Assert.All(all, result => Assert.Equal(1, result.GetProperty("threads").GetInt32()));
        foreach (var key in (string[])["composed_ms", "copy_ms", "forward_us", "triad_ms", "bandwidth_share"])
        {
            Assert.All(all, result => Assert.True(result.GetProperty(key).GetDouble() > 0, key));
        }

        Assert.True(all[0].GetProperty("fused_ms").GetDouble() > 0);
        Assert.True(all[0].GetProperty("builtin_ms").GetDouble() > 0);
        Assert.Equal(JsonValueKind.Null, all[3].GetProperty("builtin_ms").ValueKind);
        Assert.Equal(JsonValueKind.Null, all[0].GetProperty("peak_extra_tensors").ValueKind);
    }

    [Fact]
    public void A_folder_takes_table_picture_and_numbers()
    {
        using var folder = new TemporaryFolder();
        var before = get_num_threads();
        var answer = Command.Succeed("bench", "FocalLoss", "--sizes", "300", "--threads", "1", "--out", folder.At("b"));
        Assert.Equal(before, get_num_threads());
        Assert.Contains("1 of", answer.Out, StringComparison.Ordinal);
        Assert.Contains("-bit vectors", answer.Out, StringComparison.Ordinal);
        var text = File.ReadAllText(folder.At("b", "bench.md"));
        Assert.Contains("| FocalLoss | 300 |", text, StringComparison.Ordinal);
        Assert.Contains("FocalLoss: BCEWithLogitsLoss", text, StringComparison.Ordinal);
        Assert.Contains("Warm", text, StringComparison.Ordinal);
        Assert.Contains("<svg", File.ReadAllText(folder.At("b", "bench.svg")), StringComparison.Ordinal);
        using var json = JsonDocument.Parse(File.ReadAllText(folder.At("b", "bench.json")));
        Assert.Equal(1, json.RootElement.GetArrayLength());
    }

    [Fact]
    public void Without_anything_to_compare_there_is_a_folder_all_the_same()
    {
        using var folder = new TemporaryFolder();
        Command.Succeed("bench", "GIoULoss", "--sizes", "8", "--threads", "1", "--out", folder.At("b"));
        Assert.True(File.Exists(folder.At("b", "bench.svg")));
    }

    [Theory]
    [InlineData("--sizes 'many'", "MSELoss", "--sizes", "many")]
    [InlineData("--sizes '0'", "MSELoss", "--sizes", "64,0")]
    [InlineData("--sizes '-3'", "MSELoss", "--sizes=-3")]
    [InlineData("--sizes '4x'", "MSELoss", "--sizes", "4x")]
    [InlineData("--sizes '4096x'", "MSELoss", "--sizes", "64,4096x")]
    [InlineData("--sizes '1e6'", "MSELoss", "--sizes", "1e6")]
    [InlineData("--sizes '2.5'", "MSELoss", "--sizes", "2.5")]
    [InlineData("--sizes ''", "MSELoss", "--sizes", "64,")]
    [InlineData("4096x1000", "MSELoss", "--sizes", "99999999999")]
    [InlineData("4096x1000", "MSELoss", "--sizes", "99999999999999999999x2")]
    [InlineData("none fits CrossEntropyLoss", "CrossEntropyLoss", "--sizes", "64")]
    [InlineData("'8x5' fits none", "GIoULoss", "--sizes", "64,8x5")]
    [InlineData("SSIMLoss", "SSIMLoss", "--sizes", "1x1x4x4")]
    [InlineData("--threads '0'", "MSELoss", "--threads", "0")]
    [InlineData("--threads '-1'", "MSELoss", "--threads=-1")]
    [InlineData("--threads 'many'", "MSELoss", "--threads", "many")]
    [InlineData("no loss 'A'", "A")]
    [InlineData("no loss 'MSELos'", "MSELos", "--json")]
    [InlineData("FocalLoss", "FocalLoss:gamma=red")]
    [InlineData("/proc/bench", "MSELoss", "--sizes", "8", "--out", "/proc/bench")]
    [InlineData("--out", "MSELoss", "--sizes", "8", "--out", "/dev/null/x")]
    public void Wrong_use_is_refused(string word, params string[] args) =>
        Command.Refused(2, [word], ["bench", .. args]);

    /// <summary>Every loss of the catalogue has a usual size and tensors of any size, with which it learns.</summary>
    [Fact]
    public void Every_loss_can_be_measured()
    {
        foreach (var info in LossCatalog.All)
        {
            Assert.All(BenchSize.Defaults(info), size => Assert.True(SampleInputs.Fits(info, size), info.Name));
            var most =
                info.Options.Any(o => o.Name is "fft_size" or "fft_sizes" or "max_levels" or "filter_length") ? 2048
                : info.Name == "MSSSIMLoss" ? 176 // five scales
                : 16;
            var small = new BenchSize([.. BenchSize.Defaults(info)[0].Dims.Select(size => Math.Min(size, most))]);
            using var scope = NewDisposeScope();
            using var inputs = SampleInputs.For(new LossSpec(info, []), small)!;
            using var loss = info.Create(inputs.Options);
            var value = loss.Evaluate(inputs.Tensors).sum();
            Assert.True(value.isfinite().ToBoolean(), $"{info.Name}: {value.ToDouble()}");
            value.backward();
        }
    }

    [Fact]
    public void Segmentation_is_measured_on_images()
    {
        foreach (var name in (string[])["DiceLoss", "TverskyLoss", "JaccardLoss", "DiceCELoss", "LovaszSoftmaxLoss"])
        {
            var size = Assert.Single(BenchSize.Defaults(LossCatalog.Find(name)!));
            Assert.Equal(4, size.Dims.Length);
        }
    }

    /// <summary>1 + 1/2 everywhere, whatever the size: no stretch misses an element.</summary>
    [Fact]
    public void The_triad_adds_up()
    {
        foreach (var count in new long[] { 1, 16, 1000, 100_003, Chunk })
        {
            using var scope = NewDisposeScope();
            using var triad = new Triad(count);
            triad.Result.fill_(float.NaN);
            triad.Run();
            Assert.Equal(Math.Max(16, count / 16 * 16), triad.Count);
            Assert.True(triad.Result.eq(1.5).all().ToBoolean(), $"{count}");
        }
    }

    /// <summary>So many elements are written past the caches, in two stretches of unequal length.</summary>
    const long Chunk = (4 << 20) + 48;

    /// <summary>Two tensors at once are two.</summary>
    [Fact]
    public void The_peak_counts_what_is_in_use_at_once()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        const long Bytes = 32 << 20;
        static Tensor Touched() => ones(Bytes / sizeof(float));
        var two = PeakMemory.Of(() =>
        {
            using var first = Touched();
            using var second = Touched();
        });
        Assert.InRange(two!.Value / (double)Bytes, 1.9, 2.2);
    }

    [Fact]
    public void A_suspended_kernel_gives_the_same_loss()
    {
        using var scope = NewDisposeScope();
        using var inputs = SampleInputs.For(LossSpec.Parse("MSELoss"), new([100]))!;
        using var loss = LossSpec.Parse("MSELoss").Create();
        float Value() => loss.Evaluate(inputs.Tensors).ToSingle();
        var fused = Value();
        using (var outer = Fusion.Suspend())
        {
            using (var inner = Fusion.Suspend())
            {
                Assert.Equal(fused, Value(), 5);
                Assert.Equal((0, 1), (outer.Declined, inner.Declined));
            }

            Assert.Equal(fused, Value(), 5);
            Assert.Equal(1, outer.Declined);
        }

        Assert.True(Fusion.Allowed());
    }
}
