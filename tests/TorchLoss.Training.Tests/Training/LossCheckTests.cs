namespace TorchLoss.Training.Tests;

public sealed class LossCheckTests
{
    static LossCheckReport Check(TestRun run, LossFunction loss, nn.Module<Tensor, Tensor>? model = null)
    {
        var options = TestRun.Options();
        using var trainer = new Trainer(model ?? run.Model, loss, Optimizers.Factory("sgd", 0.1), options);
        return LossCheck.Run(trainer, run.Train);
    }

    [Fact]
    public void A_sound_start_has_no_finding_and_is_left_as_it_was()
    {
        using var run = new TestRun();
        var before = run.Bits();
        var report = LossCheck.Run(run.Trainer, run.Train);
        Assert.Empty(report.Findings);
        Assert.Equal(Math.Log(2), report.Chance!.Value, 1e-6);
        Assert.InRange(report.Loss, 0.3, 1.5);
        Assert.Equal(before, run.Bits());
        Assert.All(run.Model.parameters(), parameter => Assert.Null(parameter.grad));
    }

    [Fact]
    public void A_parameter_that_no_gradient_reaches_is_named()
    {
        using var run = new TestRun();
        using var model = new Detached();
        Assert.Equal(["No gradient reaches 'idle.weight'."], Check(run, nn.CrossEntropyLoss(), model).Findings);
        model.Idle.weight.requires_grad = false; // it is not to learn
        Assert.Empty(Check(run, nn.CrossEntropyLoss(), model).Findings);
    }

    [Fact]
    public void A_gradient_of_0_and_a_loss_without_graph_are_found()
    {
        using var run = new TestRun();
        var flat = Check(run, new LossFunction("Flat", (x, y) => nn.functional.cross_entropy(x, y) * 0)).Findings;
        Assert.Equal(4, flat.Count);
        Assert.All(flat, finding => Assert.Contains("is 0 in the first batch", finding));
        var cut = Check(run, new LossFunction("Cut", (x, y) => nn.functional.cross_entropy(x.detach(), y)));
        Assert.Contains("does not depend on any parameter", Assert.Single(cut.Findings));
    }

    [Fact]
    public void A_start_far_above_chance_or_not_finite_is_found()
    {
        using var run = new TestRun();
        var large = new LossFunction("Large", (x, y) => nn.functional.cross_entropy(x * 300, y));
        Assert.Contains("another scale", Assert.Single(Check(run, large).Findings));
        var broken = new LossFunction("Broken", (x, y) => (x - x).sum() + double.PositiveInfinity);
        Assert.Contains("the loss Broken is Infinity with the initial weights", Check(run, broken).Findings);
        var each = new LossFunction(nn.CrossEntropyLoss(reduction: Reduction.None));
        Assert.Throws<TrainingException>(() => Check(run, each));
    }

    sealed class Detached : nn.Module<Tensor, Tensor>
    {
        readonly TorchSharp.Modules.Linear used = nn.Linear(6, 2);

        public Detached()
            : base("detached")
        {
            Idle = nn.Linear(6, 2, hasBias: false);
            register_module("used", used);
            register_module("idle", Idle);
        }

        public TorchSharp.Modules.Linear Idle { get; }

        protected override void RegisterComponents() { }

        public override Tensor forward(Tensor x)
        {
            using var scope = NewDisposeScope();
            return (used.call(x) + Idle.call(x).detach()).MoveToOuterDisposeScope();
        }
    }
}
