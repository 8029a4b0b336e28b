using System.Runtime.CompilerServices;

namespace TorchLoss.Tests;

/// <summary>What the README shows compiles, runs and is all there.</summary>
public class ReadmeTests
{
    static string Here([CallerFilePath] string path = "") => path;

    static string Readme => File.ReadAllText(Path.Combine(Path.GetDirectoryName(Here())!, "..", "..", "README.md"));

    [Fact]
    public void The_example_runs()
    {
        var logits = randn(4, 3, requires_grad: true);
        var targets = rand(4, 3).gt(0.5).to(float32);
        var sample_weight = rand(4, 3);

        // README
        var criterion = torch.nn.FocalLoss(gamma: 1.5); // using TorchLoss; a module that fits wherever a built-in loss does
        var loss = criterion.call(logits, targets);
        loss.backward();

        var same = torch.nn.functional.focal_loss(logits, targets, gamma: 1.5); // its functional twin
        var weighted = criterion.call(logits, targets, sample_weight); // a mask, or a weight for each element

        using var metric = torch.nn.NTXentLoss(
            temperature: 0.1,
            distance: new LpDistance(p: 2),
            miner: new MultiSimilarityMiner()
        );
        using var exact = new TorchLoss.Standard.GaussianNLLLoss(); // PyTorch's own losses, by PyTorch's definitions
        // README

        Assert.Equal(loss.item<float>(), same.item<float>());
        Assert.NotEqual(loss.item<float>(), weighted.item<float>());
        Assert.NotNull(logits.grad);
        Assert.True(metric.call(randn(6, 4), arange(6).remainder(2)).isfinite().item<bool>());
        Assert.Equal(0f, exact.call(ones(2), ones(2), ones(2)).item<float>());
    }

    [Fact]
    public void The_example_is_the_one_that_runs()
    {
        var source = Words(File.ReadAllText(Here()).Split("// README\n")[1]);
        var shown = Words(Readme.Split("```csharp\n")[1].Split("```")[0]);

        Assert.Equal(source, shown);
    }

    /// <summary>The formatter may break lines where the README does not.</summary>
    static string Words(string code) => string.Concat(code.Where(c => !char.IsWhiteSpace(c)));

    [Fact]
    public void Every_loss_is_listed() =>
        Assert.DoesNotContain(LossCatalog.All, l => !Readme.Contains(l.Name, StringComparison.Ordinal));

    [Fact]
    public void No_figure_is_missing() => Assert.DoesNotContain("@@", Readme, StringComparison.Ordinal);
}
