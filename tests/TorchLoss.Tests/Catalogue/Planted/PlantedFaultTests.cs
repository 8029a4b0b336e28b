using TorchLoss.Tests.Catalogue;
using TorchLoss.Verification;

namespace TorchLoss.Tests.Planted;

/// <summary>Tests of the tests: each planted fault must break the law or the reference cases that guard against it.</summary>
public class PlantedFaultTests
{
    static void Broken(string? law) => Assert.NotNull(law);

    static int Failures(LossInfo faulty, string original)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "Golden", "Cases", original + ".json.gz");
        return CaseRunner.Run(CaseFile.Load(path), path, faulty, null).Failures.Count;
    }

    [Fact]
    public void A_wrong_sign_fails_the_reference_cases() => Assert.True(Failures(WrongSignLoss.Card, "FocalLoss") >= 5);

    [Fact]
    public void A_wrong_eps_fails_the_reference_cases() => Assert.True(Failures(WrongEpsLoss.Card, "FocalLoss") >= 5);

    [Fact]
    public void A_wrong_margin_fails_the_reference_cases() =>
        Assert.True(Failures(WrongMarginLoss.Card, "MarginRankingLoss") >= 2);

    [Fact]
    public void A_detached_factor_breaks_the_gradient_law() => Broken(Laws.Gradient(DetachedLoss.Card));

    [Fact]
    public void An_overflow_breaks_the_law_of_extremes() =>
        Broken(Laws.Extremes(OverflowingLoss.Card, 1e4, ScalarType.Float32));

    [Fact]
    public void A_doubled_sample_breaks_the_law_of_order() => Broken(Laws.BatchOrder(CarelessLoss.Card));

    [Fact]
    public void A_wrong_divisor_breaks_the_law_of_reductions() => Broken(Laws.Reductions(CarelessLoss.Card));

    [Fact]
    public void Dice_break_the_law_of_determinism() => Broken(Laws.Deterministic(CarelessLoss.Card));

    [Fact]
    public void Half_precision_arithmetic_breaks_the_law_of_low_precision() =>
        Broken(Laws.LowPrecision(CarelessLoss.Card, ScalarType.Float16));

    [Fact]
    public void An_honest_loss_breaks_none_of_them()
    {
        var honest = LossCatalog.Find("FocalLoss")!;
        Assert.Equal(0, Failures(honest, "FocalLoss"));
        Assert.Null(Laws.Gradient(honest));
        Assert.Null(Laws.Extremes(honest, 1e4, ScalarType.Float32));
        Assert.Null(Laws.BatchOrder(honest));
        Assert.Null(Laws.Reductions(honest));
        Assert.Null(Laws.Deterministic(honest));
    }
}
