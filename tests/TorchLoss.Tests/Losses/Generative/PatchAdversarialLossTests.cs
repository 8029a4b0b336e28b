namespace TorchLoss.Tests.Losses.Generative;

/// <summary>Patches and features of discriminators: scales, the generator's side, saturated logits, constants.</summary>
public class PatchAdversarialLossTests
{
    [Fact]
    public void A_coarse_scale_counts_as_much_as_a_fine_one()
    {
        IReadOnlyList<Tensor> input = [zeros(2, 1, 8, 8), ones(2, 1, 1, 1)];

        Assert.Equal(0.5, nn.functional.patch_adversarial_loss(input, true, true).Value(), 6);
    }

    [Fact]
    public void The_generator_always_wants_to_be_judged_real()
    {
        IReadOnlyList<Tensor> x = [tensor([0.3, -2.0]).view(1, 2)];
        foreach (var criterion in Enum.GetValues<AdversarialCriterion>())
        {
            Assert.Equal(
                nn.functional.patch_adversarial_loss(x, true, true, criterion).Value(),
                nn.functional.patch_adversarial_loss(x, false, false, criterion).Value()
            );
        }
    }

    [Theory]
    [InlineData(true, -1)]
    [InlineData(false, 1)]
    public void A_logit_of_thirty_on_the_wrong_side_still_pulls_in_single_precision(bool real, float sign)
    {
        Tensor Loss(Tensor x) => nn.functional.patch_adversarial_loss([x], real, true, AdversarialCriterion.Bce);
        var x = full([1, 1], 30 * sign);

        Assert.Equal(30, Loss(x).Value(), 4);
        Assert.Equal(sign, Numbers.Gradient(x, Loss).Value(), 4);
        Assert.Equal(100, Loss(x * 100).Value(), 4);
    }

    [Fact]
    public void Unreduced_patches_come_one_discriminator_after_the_other()
    {
        IReadOnlyList<Tensor> x = [ones(2, 1, 2, 2), zeros(2, 1, 1, 1)];
        Tensor Loss(IReadOnlyList<Tensor> input) =>
            nn.functional.patch_adversarial_loss(input, true, true, reduction: Reduction.None);

        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 0, 1, 1], Loss(x).Values());
        Assert.Equal([2, 1, 2, 2], Loss([x[0]]).shape);
    }

    [Fact]
    public void Real_features_are_constants()
    {
        var (fake, real) = (ones(2, 3).requires_grad_(), zeros(2, 3).requires_grad_());
        nn.functional.feature_matching_loss([fake], [real]).backward();

        Assert.NotNull(fake.grad);
        Assert.Null(real.grad);
    }
}
