using static TorchLoss.Tests.Kernels.TestFormulas;

namespace TorchLoss.Tests.Kernels;

/// <summary>What the compiler makes of formulas, and how long it keeps it.</summary>
[Collection(ProcessWide.Name)]
public sealed class PointwiseCompilerTests
{
    const PointwiseFeatures Gradient = PointwiseFeatures.Gradient;

    [Fact]
    public void Steps_that_nobody_needs_are_left_out_and_equal_ones_are_taken_once()
    {
        // two loads, difference, square, twice the difference, scale, product
        Assert.Equal(7, PointwiseCompiler.Compile<F128, Squared>(default, Gradient).Steps);
        Assert.Equal(4, PointwiseCompiler.Compile<F128, Squared>(default, PointwiseFeatures.None).Steps);
    }

    [Fact]
    public void Options_are_constants_an_exponent_of_2_costs_one_product()
    {
        int Steps(double gamma) => PointwiseCompiler.Compile<F128, Focal>(new(0.25, gamma), Gradient).Steps;
        Assert.True(Steps(2) < Steps(1.7) / 2 + 10, $"{Steps(2)} steps against {Steps(1.7)}");
        Assert.True(Steps(1) < Steps(2));
    }

    [Fact]
    public void Loops_are_compiled_once_for_each_formula_with_its_options()
    {
        var first = PointwiseLoops<Focal>.Get(new(0.25, 2), Gradient);
        Assert.Same(first, PointwiseLoops<Focal>.Get(new(0.25, 2), Gradient));
        Assert.NotSame(first, PointwiseLoops<Focal>.Get(new(0.25, 3), Gradient));
        Assert.NotSame(first, PointwiseLoops<Focal>.Get(new(0.25, 2), PointwiseFeatures.None));
    }

    [Fact]
    public void A_schedule_of_options_does_not_keep_its_loops_for_ever()
    {
        var first = Weak(0.5);
        for (var i = 1; i <= 64; i++)
        {
            Loop(0.5 + i / 100.0);
        }

        GC.Collect();
        Assert.False(first.IsAlive);
    }

    [Fact]
    public void Where_no_code_can_be_made_the_formula_runs_on_torch_operators()
    {
        using var scope = NewDisposeScope();
        var x = randn(40).requires_grad_();
        var t = rand(40).gt(0.5).to(float32);
        Tensor Loss() => PointwiseEngine.Evaluate(new Focal(0.25, 2), x, t, null, Reduction.Mean);
        int Kernels()
        {
            using var suspension = Fusion.Suspend();
            _ = Loss();
            return suspension.Declined;
        }

        Assert.Equal(1, Kernels());
        var value = Loss();
        var gradient = autograd.grad([value], [x])[0];
        try
        {
            PointwiseCompiler.IsAvailable = false;
            Assert.Equal(0, Kernels());
            var composed = Loss();
            TensorAssert.Close(value, composed, 1e-6, "value");
            TensorAssert.Close(gradient, autograd.grad([composed], [x])[0], 3e-6, "gradient");
        }
        finally
        {
            PointwiseCompiler.IsAvailable = true;
        }
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    static WeakReference Weak(double alpha) => new(Loop(alpha));

    static CompiledLoop Loop(double alpha) => PointwiseLoops<Focal>.Get(new(alpha, 1), PointwiseFeatures.None);
}
