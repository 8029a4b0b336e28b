using static TorchSharp.torch.nn;

namespace TorchLoss.Tests.Losses;

public class CoxPHLossTests
{
    static (Tensor Hazard, Tensor Times, Tensor Events, Tensor Strata) Cohort(long n)
    {
        manual_seed(12);
        return (
            Numbers.Normal(n) * 2,
            randint(1, 6, [n]).to(ScalarType.Float64),
            rand(n).gt(0.3),
            randint(0, 3, [n], dtype: ScalarType.Int64)
        );
    }

    /// <summary>The textbook's sum over distinct times, on hazards instead of their logarithms.</summary>
    static double Loop(double[] h, double[] time, double[] died, double[] stratum, CoxTies ties)
    {
        var sum = 0.0;
        foreach (var group in Enumerable.Range(0, h.Length).Where(i => died[i] > 0).GroupBy(i => (stratum[i], time[i])))
        {
            var risk = Enumerable
                .Range(0, h.Length)
                .Where(j => stratum[j] == group.Key.Item1 && time[j] >= group.Key.Item2)
                .Sum(j => Math.Exp(h[j]));
            var (tied, count) = (group.Sum(i => Math.Exp(h[i])), group.Count());
            sum += Enumerable.Range(0, count).Sum(l => Math.Log(risk - (ties is CoxTies.Efron ? tied * l / count : 0)));
            sum -= group.Sum(i => h[i]);
        }

        return sum;
    }

    [Theory]
    [InlineData(CoxTies.Breslow, false)]
    [InlineData(CoxTies.Efron, false)]
    [InlineData(CoxTies.Breslow, true)]
    [InlineData(CoxTies.Efron, true)]
    public void Equals_a_loop_over_times(CoxTies ties, bool stratified)
    {
        var (hazard, times, events, strata) = Cohort(37);
        var groups = stratified ? strata : null;
        var expected = Loop(
            hazard.Values(),
            times.Values(),
            events.Values(),
            (groups ?? zeros_like(strata)).Values(),
            ties
        );

        var sum = functional.cox_ph_loss(hazard, times, events, ties, Reduction.Sum, groups);
        var mean = functional.cox_ph_loss(hazard, times, events, ties, Reduction.Mean, groups);
        var none = functional.cox_ph_loss(hazard, times, events, ties, Reduction.None, groups);

        Assert.Equal(expected, sum.Value(), 9);
        Assert.Equal(expected / events.sum().Value(), mean.Value(), 9);
        Assert.Equal(expected, none.sum().Value(), 9);
        Assert.All(none.Values().Zip(events.Values()), s => Assert.True(s.Second > 0 || s.First == 0));
    }

    [Theory]
    [InlineData(CoxTies.Breslow)]
    [InlineData(CoxTies.Efron)]
    public void The_order_of_tied_subjects_does_not_matter_even_unreduced(CoxTies ties)
    {
        var (hazard, times, events, strata) = Cohort(20);
        var order = randperm(20, dtype: ScalarType.Int64);
        Tensor Loss(Func<Tensor, Tensor> pick) =>
            functional.cox_ph_loss(pick(hazard), pick(times), pick(events), ties, Reduction.None, pick(strata));

        var there = Loss(t => t).index_select(0, order);
        var here = Loss(t => t.index_select(0, order));

        Assert.True(allclose(there, here, rtol: 1e-12, atol: 1e-12));
    }

    [Fact]
    public void A_common_shift_changes_nothing_in_single_precision()
    {
        var (hazard, times, events, _) = Cohort(50);
        var h = hazard.to(ScalarType.Float32);
        Tensor Loss(Tensor x) => functional.cox_ph_loss(x, times, events, CoxTies.Efron);

        Assert.Equal(Loss(h).Value(), Loss(h + 100).Value(), 3);
        Assert.True(Numbers.Gradient(h + 100, Loss).isfinite().all().item<bool>());
    }

    [Fact]
    public void Hazards_of_other_strata_do_not_drown_a_stratum()
    {
        var hazard = tensor([500.0, 480.0, 1.0, 2.0]);
        var times = tensor([1.0, 2.0, 1.0, 2.0]);
        var strata = tensor(new long[] { 0, 0, 1, 1 });

        var losses = functional.cox_ph_loss(hazard, times, ones(4), reduction: Reduction.None, strata: strata).Values();

        Assert.Equal(Numbers.Softplus(1), losses[2], 12);
    }

    [Fact]
    public void No_event_and_no_subject_give_zero()
    {
        var gradient = Numbers.Gradient(ones(3), h => functional.cox_ph_loss(h, ones(3), zeros(3).to(ScalarType.Bool)));

        Assert.Equal(0, gradient.abs().sum().Value());
        Assert.Equal(0, functional.cox_ph_loss(zeros(0), zeros(0), zeros(0)).Value());
    }

    [Fact]
    public void A_column_of_hazards_is_refused_instead_of_broadcast() =>
        Assert.Contains(
            "(4, 1)",
            Assert.Throws<ArgumentException>(() => functional.cox_ph_loss(zeros(4, 1), ones(4), ones(4))).Message,
            StringComparison.Ordinal
        );
}
