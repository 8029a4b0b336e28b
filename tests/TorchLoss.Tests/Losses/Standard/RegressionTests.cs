using TorchLoss.Standard;

namespace TorchLoss.Tests.Losses.Standard;

/// <summary>MSE, L1, Huber and smooth L1: broadcasting, weights, empty batches.</summary>
public class RegressionTests
{
    public static TheoryData<string> All => ["MSELoss", "L1Loss", "HuberLoss", "SmoothL1Loss"];

    static Tensor Call(string name, Tensor input, Tensor target, Reduction reduction, Tensor? weight = null)
    {
        var inputs = new TensorArguments { ["input"] = input, ["target"] = target };
        if (weight is not null)
        {
            inputs["weight"] = weight;
        }

        return LossCatalog.Find(name)!.Invoke(inputs, new() { ["reduction"] = reduction });
    }

    [Theory, MemberData(nameof(All))]
    public void Input_and_target_broadcast_and_the_gradient_is_summed_back(string name)
    {
        using var scope = NewDisposeScope();
        foreach (var dtype in new[] { float32, float64 })
        {
            var input = tensor(new[] { 0.5, -2, 3 }).to(dtype).view(3, 1);
            var target = tensor(new[] { 1.5, 0, 4, -1 }).to(dtype);
            var rows = input.expand(3, 4).contiguous();

            Near.Equal(
                Call(name, rows, target.expand(3, 4).contiguous(), Reduction.None),
                Call(name, input, target, Reduction.None)
            );
            Near.Equal(
                Near.Gradient(x => Call(name, x, target.expand(3, 4).contiguous(), Reduction.Mean), rows)
                    .sum(1, keepdim: true),
                Near.Gradient(x => Call(name, x, target, Reduction.Mean), input)
            );
        }
    }

    [Theory, MemberData(nameof(All))]
    public void Shapes_that_do_not_broadcast_are_refused_with_both(string name)
    {
        using var scope = NewDisposeScope();
        Near.Refused(() => Call(name, ones(3, 4), ones(3, 5), Reduction.Mean), name, "target", "(3, 4)", "(3, 5)");
        Near.Refused(() => Call(name, ones(3), ones(3), Reduction.Mean, ones(4)), name, "weight", "(3)", "(4)");
    }

    [Theory, MemberData(nameof(All))]
    public void Mean_divides_by_the_weights_but_in_huber(string name)
    {
        using var scope = NewDisposeScope();
        var (input, target) = (tensor(new[] { 1.0, -3, 5 }), zeros(3, float64));
        var weight = tensor(new[] { 2.0, 0, 2 });
        var losses = Near.Numbers(Call(name, input, target, Reduction.None));
        var sum = 2 * losses[0] + 2 * losses[2];

        Near.Equal(sum, Call(name, input, target, Reduction.Sum, weight));
        Near.Equal(sum / (name == "HuberLoss" ? 3 : 4), Call(name, input, target, Reduction.Mean, weight));
    }

    [Theory, MemberData(nameof(All))]
    public void The_mean_of_nothing_is_NaN_and_the_sum_0(string name)
    {
        using var scope = NewDisposeScope();
        Near.Equal(double.NaN, Call(name, ones(0, 3), ones(0, 3), Reduction.Mean));
        Near.Equal(0, Call(name, ones(0, 3), ones(0, 3), Reduction.Sum));
    }

    [Theory, MemberData(nameof(All))]
    public void Integer_targets_count_as_numbers(string name)
    {
        using var scope = NewDisposeScope();
        var input = tensor(new[] { 0.5f, 300.25f });
        var target = tensor(new[] { 1L, 301L });
        Near.Equal(Call(name, input, target.to(float32), Reduction.None), Call(name, input, target, Reduction.None));

        // 2049 is no float16: the target must not be rounded to the input's type
        var large = full([1], 2048f).half();
        Near.Equal(Call(name, ones(1), zeros(1), Reduction.Mean), Call(name, large, full([1], 2049L), Reduction.Mean));
    }

    [Fact]
    public void Huber_over_delta_is_smooth_l1_and_beta_0_is_l1()
    {
        using var scope = NewDisposeScope();
        var (input, target) = (linspace(-3, 3, 25, float64), zeros(25, float64));
        Near.Equal(
            Functional.smooth_l1_loss(input, target, Reduction.None, beta: 0.7),
            Functional.huber_loss(input, target, Reduction.None, delta: 0.7) / 0.7
        );
        Near.Equal(
            Functional.l1_loss(input, target, Reduction.None),
            Functional.smooth_l1_loss(input, target, Reduction.None, beta: 0)
        );
    }

    [Fact]
    public void Huber_neither_overflows_nor_loses_its_slope_far_away()
    {
        using var scope = NewDisposeScope();
        var far = tensor(new[] { 1e30f, -1e30f });
        Near.Equal([1e30, 1e30], Functional.huber_loss(far, zeros(2), Reduction.None));
        Near.Equal([1, -1], Near.Gradient(x => Functional.huber_loss(x, zeros(2)) * 2, far));
    }
}
