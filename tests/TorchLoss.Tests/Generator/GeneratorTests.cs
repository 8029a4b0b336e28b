using System.Text.Json;
using TorchLoss.Tests.Catalogue;
using TorchLoss.Verification;

namespace TorchLoss.Tests.Generator;

/// <summary>What the generator makes of a signature.</summary>
public class GeneratorTests
{
    [Fact]
    public void State_is_a_buffer_that_training_changes_and_evaluation_does_not()
    {
        using var loss = new CentredLoss(embedding_size: 3, momentum: 0.5);
        var input = ones(4, 3);

        loss.call(input, zeros(4, 3));
        Assert.Equal(0.5f, loss.centre.mean().item<float>());
        Assert.Equal(0.5f, loss.state_dict()["centre"].mean().item<float>());

        loss.eval();
        loss.call(input, zeros(4, 3));
        Assert.Equal(0.5f, loss.centre.mean().item<float>());
        Assert.Empty(loss.parameters());
    }

    [Fact]
    public void State_moves_with_the_module_and_comes_back_from_a_state_dict()
    {
        using var first = new CentredLoss(embedding_size: 3);
        first.call(randn(4, 3), zeros(4, 3));
        using var second = new CentredLoss(embedding_size: 3);
        second.load_state_dict(first.state_dict());
        Assert.True(second.centre.equal(first.centre).all().item<bool>());

        second.to(ScalarType.Float64);
        Assert.Equal(ScalarType.Float64, second.centre.dtype);
        second.call(randn(4, 3, dtype: float64), zeros(4, 3, dtype: float64));
        Assert.False(second.state_dict()["centre"].equal(first.centre.to(float64)).all().item<bool>());
    }

    [Fact]
    public void The_function_changes_the_state_it_is_given_as_batch_norm_does()
    {
        var centre = zeros(3);

        torch.nn.functional.centred_mse(ones(4, 3), zeros(4, 3), centre, momentum: 1);
        Assert.Equal(1f, centre.mean().item<float>());

        torch.nn.functional.centred_mse(zeros(4, 3), zeros(4, 3), centre, momentum: 1, training: false);
        Assert.Equal(1f, centre.mean().item<float>());
    }

    [Fact]
    public void A_network_among_the_options_is_a_submodule()
    {
        using var network = nn.Linear(3, 2);
        using var loss = new FeatureLoss(network);

        Assert.Equal(2, loss.parameters().Count());
        loss.to(ScalarType.Float64);
        Assert.Equal(ScalarType.Float64, network.weight!.dtype);
        Assert.Equal(0, loss.call(ones(1, 3, dtype: float64), ones(1, 3, dtype: float64)).item<double>());
    }

    [Fact]
    public void A_callable_is_given_as_a_delegate_or_by_name()
    {
        using var network = nn.Identity();
        var (x, y) = (tensor(new[] { 3f }), tensor(new[] { 1f }));
        var named = OptionReader.Value(
            JsonSerializer.SerializeToElement("absolute"),
            FeatureLoss.Card.Options.Single(o => o.Name == "compare"),
            "FeatureLoss"
        );

        Assert.Equal(4, new FeatureLoss(network).call(x, y).item<float>());
        Assert.Equal(2, new FeatureLoss(network, (Func<Tensor, Tensor, Tensor>)named!).call(x, y).item<float>());
        Assert.Equal(7, new FeatureLoss(network, (_, _) => full([1], 7f)).call(x, y).item<float>());
    }

    [Fact]
    public void An_exception_in_a_callable_reaches_the_caller()
    {
        using var network = nn.Identity();
        using var loss = new FeatureLoss(network, (_, _) => throw new InvalidOperationException("mine"));

        var thrown = Assert.Throws<InvalidOperationException>(() => loss.call(ones(1), ones(1)));
        Assert.Equal("mine", thrown.Message);
    }

    [Fact]
    public void Learned_tensors_that_share_a_size_take_it_once()
    {
        using var loss = new TwoLearnedLoss(num_tasks: 3);

        Assert.Equal(["scale", "shift"], loss.named_parameters().Select(p => p.name).Order());
        Assert.Equal(["num_tasks"], TwoLearnedLoss.Card.Options.Select(o => o.Name));
        loss.call(ones(3)).backward();
        Assert.Equal(3, loss.scale.grad!.sum().item<float>());
        Assert.Throws<ArgumentOutOfRangeException>(() => new TwoLearnedLoss(num_tasks: 0));
    }

    [Fact]
    public void The_callers_class_weight_outlives_a_move_of_the_module()
    {
        var weight = ones(3);
        using var loss = new SoftmaxFocalLoss(weight: weight);

        loss.to(ScalarType.Float64);
        Assert.False(weight.IsInvalid);
        Assert.Equal(ScalarType.Float32, weight.dtype);
        Assert.Equal(ScalarType.Float64, loss.weight!.dtype);
    }

    [Fact]
    public void A_loss_says_what_it_is() =>
        Assert.Equal("FocalLoss(alpha=0.25, gamma=1.5, reduction=Mean)", new FocalLoss(gamma: 1.5).ToString());

    [Fact]
    public void An_unknown_reduction_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new FocalLoss(reduction: (Reduction)7));
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            torch.nn.functional.focal_loss(ones(1), ones(1), reduction: (Reduction)7)
        );
    }

    [Theory]
    [InlineData(null, "is null")]
    [InlineData("disposed", "was disposed")]
    public void A_tensor_that_is_not_there_is_named(string? how, string message)
    {
        var input = how is null ? null : ones(1);
        input?.Dispose();

        var thrown = Assert.ThrowsAny<ArgumentException>(() => torch.nn.functional.focal_loss(input!, ones(1)));
        Assert.Contains(message, thrown.Message, StringComparison.Ordinal);
        Assert.Equal("input", thrown.ParamName);
    }

    [Fact]
    public void A_list_of_tensors_is_given_as_a_list_or_by_numbered_names()
    {
        Tensor[] features = [full([2, 3], 1f), full([2, 2], 2f)];
        Tensor[] targets = [zeros(2, 3), zeros(2, 2)];
        var named = new TensorArguments
        {
            ["input_0"] = features[0],
            ["input_1"] = features[1],
            ["target_0"] = targets[0],
            ["target_1"] = targets[1],
        };
        using var loss = new FeatureListLoss();

        Assert.Equal(3 + 8, loss.call(features, targets).item<float>());
        Assert.Equal(3 + 8, loss.Evaluate(named).item<float>());
        Assert.Equal(3 + 8, torch.nn.functional.feature_list_loss(features, targets).item<float>());
        Assert.Equal(6 + 8, loss.call(features, targets, [full([3], 2f), ones(2)]).item<float>());
        Assert.Equal(3, loss.Evaluate(new() { ["input"] = features[0], ["target"] = targets[0] }).item<float>());
    }

    [Fact]
    public void What_is_wrong_with_a_list_is_named_by_its_place()
    {
        using var loss = new FeatureListLoss();
        var disposed = ones(2, 2);
        disposed.Dispose();

        Refused("input must hold at least one tensor", () => loss.call([], []));
        Refused("input_1 was disposed", () => loss.call([ones(2, 2), disposed], [ones(2, 2), ones(2, 2)]));
        Refused("target_0 is null", () => loss.call([ones(2, 2)], [null!]));
        Refused("got 1 and 2", () => loss.call([ones(2, 2), ones(2, 2)], [ones(2, 2)]));
        Refused("input_0 is missing", () => loss.Evaluate([]));

        static void Refused(string message, Func<Tensor> call) =>
            Assert.Contains(message, Assert.ThrowsAny<ArgumentException>(call).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Laws_hold_for_lists()
    {
        var loss = FeatureListLoss.Card;
        Assert.Null(Laws.Reductions(loss));
        Assert.Null(Laws.BatchOrder(loss));
        Assert.Null(Laws.ModuleIsFunction(loss));
        Assert.Null(Laws.LowPrecision(loss, bfloat16));
        Assert.Null(Laws.Layout(loss));
        Assert.Null(Laws.Leaks(loss, float32));
        Assert.Null(Laws.UnreducedGradient(loss));
    }
}
