namespace TorchLoss.Tests.Catalogue;

/// <summary>The laws, over the whole catalogue.</summary>
public class LawTests
{
    public static TheoryData<string> All => [.. LossCatalog.All.Select(l => l.Name)];

    static LossInfo Loss(string name) => LossCatalog.Find(name)!;

    static void Holds(string? broken) => Assert.True(broken is null, broken);

    static void Holds(string name, Dictionary<string, string> exceptions, Func<LossInfo, string?> law)
    {
        if (!exceptions.ContainsKey(name))
        {
            Holds(law(Loss(name)));
        }
    }

    [Theory, MemberData(nameof(All))]
    public void Gradient_equals_differences(string name) => Holds(name, Exceptions.Gradient, Laws.Gradient);

    [Theory, MemberData(nameof(All))]
    public void Unreduced_gradient_equals_differences(string name) =>
        Holds(name, Exceptions.Gradient, Laws.UnreducedGradient);

    [Theory, MemberData(nameof(All))]
    public void Second_gradient_equals_differences(string name) =>
        Holds(name, Exceptions.SecondGradient, Laws.SecondGradient);

    [Theory, MemberData(nameof(All))]
    public void Module_equals_function(string name) => Holds(Laws.ModuleIsFunction(Loss(name)));

    [Theory, MemberData(nameof(All))]
    public void Formula_equals_its_run_on_doubles(string name) => Holds(Laws.IsReference(Loss(name)));

    [Theory, MemberData(nameof(All))]
    public void Reductions_agree(string name) => Holds(Laws.Reductions(Loss(name)));

    [Theory, MemberData(nameof(All))]
    public void Order_of_the_batch_does_not_matter(string name) => Holds(name, Exceptions.BatchOrder, Laws.BatchOrder);

    [Theory, MemberData(nameof(All))]
    public void Extremes_stay_finite(string name) =>
        Holds(
            name,
            Exceptions.Extremes,
            loss =>
                (
                    from scale in new[] { 200, 1e4 }
                    from dtype in new[] { ScalarType.Float32, ScalarType.BFloat16 }
                    where dtype is ScalarType.Float32 || !Exceptions.LowPrecision.ContainsKey(name)
                    select Laws.Extremes(loss, scale, dtype) is { } wrong ? $"x {scale}, {dtype}: {wrong}" : null
                ).FirstOrDefault(w => w is not null)
        );

    [Theory, MemberData(nameof(All))]
    public void Equal_samples_stay_finite(string name) => Holds(name, Exceptions.Degenerate, Laws.Identical);

    [Theory, MemberData(nameof(All))]
    public void A_batch_of_one_stays_finite(string name) => Holds(name, Exceptions.Degenerate, Laws.BatchOfOne);

    [Theory, MemberData(nameof(All))]
    public void Half_precision_is_near_the_truth(string name) =>
        Holds(
            name,
            Exceptions.LowPrecision,
            loss => Laws.LowPrecision(loss, ScalarType.BFloat16) ?? Laws.LowPrecision(loss, ScalarType.Float16)
        );

    [Theory, MemberData(nameof(All))]
    public void Single_precision_agrees_with_double(string name) =>
        Holds(Laws.SinglePrecision(Loss(name), null) ?? Laws.SinglePrecision(Loss(name), 33));

    [Theory, MemberData(nameof(All))]
    public void Memory_layout_does_not_matter(string name) => Holds(name, Exceptions.Layout, Laws.Layout);

    [Theory, MemberData(nameof(All))]
    public void One_tensor_outlives_a_call(string name) =>
        Holds(Laws.Leaks(Loss(name), ScalarType.Float64) ?? Laws.Leaks(Loss(name), ScalarType.Float32));

    [Theory, MemberData(nameof(All))]
    public void Eight_runs_give_the_same_bits(string name) => Holds(Laws.Deterministic(Loss(name)));

    [Theory, MemberData(nameof(All))]
    public void Options_out_of_range_are_refused_by_name(string name) => Holds(Laws.Ranges(Loss(name)));

    [Theory, MemberData(nameof(All))]
    public void Moving_the_module_moves_all_of_it(string name) => Holds(Laws.Moves(Loss(name)));

    [Theory, MemberData(nameof(All))]
    public void Weight_means_repetition(string name) => Holds(Laws.SampleWeights(Loss(name)));
}
