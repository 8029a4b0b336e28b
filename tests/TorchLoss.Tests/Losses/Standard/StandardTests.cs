using TorchLoss.Standard;

namespace TorchLoss.Tests.Losses.Standard;

/// <summary>The set of PyTorch's own losses, and what is said about TorchSharp's.</summary>
public class StandardTests
{
    static readonly string[] Functions =
    [
        "binary_cross_entropy",
        "binary_cross_entropy_with_logits",
        "cosine_embedding_loss",
        "cross_entropy",
        "ctc_loss",
        "gaussian_nll_loss",
        "hinge_embedding_loss",
        "huber_loss",
        "kl_div",
        "l1_loss",
        "margin_ranking_loss",
        "mse_loss",
        "multi_margin_loss",
        "multilabel_margin_loss",
        "multilabel_soft_margin_loss",
        "nll_loss",
        "poisson_nll_loss",
        "smooth_l1_loss",
        "soft_margin_loss",
        "triplet_margin_loss",
        "triplet_margin_with_distance_loss",
    ];

    static IEnumerable<LossInfo> Losses => LossCatalog.All.Where(l => l.Family is Family.Standard);

    [Fact]
    public void All_of_PyTorchs_functions_are_there_under_its_names()
    {
        Assert.Equal(Functions, Losses.Select(l => l.Function).Order(StringComparer.Ordinal));
        Assert.All(Functions, f => Assert.NotNull(typeof(Functional).GetMethod(f)));
    }

    [Fact]
    public void Every_one_has_its_built_in_and_a_word_about_it()
    {
        foreach (var loss in Losses)
        {
            Assert.NotNull(typeof(nn).GetMethod(loss.BuiltIn!));
            Assert.NotEmpty(BuiltInDifferences.Of(loss.Name));
        }
    }

    public static TheoryData<int> Differences => [.. Enumerable.Range(0, BuiltInDifferences.All.Count)];

    [Theory, MemberData(nameof(Differences))]
    public void Every_repro_shows_what_its_text_says(int index)
    {
        var difference = BuiltInDifferences.All[index];
        Assert.NotNull(LossCatalog.Find(difference.Loss));
        if (difference.RunBuiltIn is null)
        {
            return; // it would end the process or leak
        }

        var (builtIn, twin) = (Outcome(difference.RunBuiltIn), Outcome(difference.RunTwin!));
        Assert.Equal(difference.Verdict is BuiltInVerdict.Agrees, builtIn == twin);
        foreach (var figure in new[] { builtIn, twin }.Where(f => f != "refused"))
        {
            Assert.Matches(
                $@"(?<![\d.E-]){System.Text.RegularExpressions.Regex.Escape(figure)}(?![\dE])",
                difference.Text
            );
        }
    }

    /// <summary>The first number with six digits, or that there was an exception.</summary>
    static string Outcome(Func<Tensor> run)
    {
        using var scope = NewDisposeScope();
        try
        {
            var number = Near.Numbers(run())[0];
            return double.IsInfinity(number) ? "infinity" : number.ToString("G6");
        }
        catch (Exception e) when (e is ArgumentException or System.Runtime.InteropServices.ExternalException)
        {
            return "refused";
        }
    }
}
