using static TorchSharp.torch.nn;

namespace TorchLoss.Tests.Losses;

public class DistillationLossTests
{
    static readonly Tensor Target = tensor(new long[] { 2, 0, 1 });

    [Fact]
    public void Labels_and_teacher_are_weighted_as_said()
    {
        manual_seed(3);
        var (student, teacher) = (Numbers.Normal(3, 4), Numbers.Normal(3, 4));
        var labels = functional.cross_entropy(student, Target).Value();
        var view = functional.kd_loss(student, teacher, 2).Value();

        Assert.Equal(
            0.3 * labels + 0.7 * view,
            functional.knowledge_distillation_loss(student, teacher, Target, 2, alpha: 0.3).Value(),
            12
        );
        Assert.Equal(
            0.3 * labels + 2 * view,
            functional.knowledge_distillation_loss(student, teacher, Target, 2, alpha: 0.3, beta: 2).Value(),
            12
        );
    }

    [Fact]
    public void A_sample_without_label_still_learns_from_the_teacher()
    {
        manual_seed(3);
        var (student, teacher) = (Numbers.Normal(3, 4), Numbers.Normal(3, 4));

        var loss = functional.knowledge_distillation_loss(student, teacher, full_like(Target, -100));

        Assert.Equal(0.5 * functional.kd_loss(student, teacher).Value(), loss.Value(), 12);
    }

    [Fact]
    public void Decoupled_with_the_teachers_doubt_for_beta_is_plain_distillation()
    {
        manual_seed(4);
        var (student, teacher) = (Numbers.Normal(1, 5), Numbers.Normal(1, 5));
        var target = tensor(new long[] { 3 });
        var doubt = 1 - (teacher / 2).softmax(1).Values()[3];

        var loss = functional.dkd_loss(student, teacher, target, alpha: 1, beta: doubt, temperature: 2);

        Assert.Equal(functional.kd_loss(student, teacher, 2).Value(), loss.Value(), 12);
    }

    [Theory]
    [InlineData(110, 0)]
    [InlineData(0, 110)]
    [InlineData(-1e4, 1e4)]
    public void Decoupled_is_finite_for_certain_students(double right, double wrong)
    {
        var teacher = tensor(
            new[,]
            {
                { 110f, 0f, 3f },
            }
        );
        Tensor Loss(Tensor x) => functional.dkd_loss(x, teacher, tensor(new long[] { 0 }), temperature: 1);
        var student = tensor(
            new[,]
            {
                { (float)right, (float)wrong, 3f },
            }
        );

        Assert.True(double.IsFinite(Loss(student).Value()));
        Assert.All(Numbers.Gradient(student, Loss).Values(), g => Assert.True(double.IsFinite(g)));
        Assert.Equal(0, Loss(teacher).Value(), 6);
    }

    [Fact]
    public void Decoupled_ignores_positions_without_label()
    {
        manual_seed(4);
        var (student, teacher) = (Numbers.Normal(3, 4), Numbers.Normal(3, 4));
        var target = tensor(new long[] { 2, -100, 1 });
        Tensor Kept(Tensor x) => x.index_select(0, tensor(new long[] { 0, 2 }));

        Assert.Equal(
            functional.dkd_loss(Kept(student), Kept(teacher), Kept(target)).Value(),
            functional.dkd_loss(student, teacher, target).Value(),
            12
        );
    }

    [Fact]
    public void A_batch_of_the_same_shape_costs_nothing()
    {
        manual_seed(5);
        var teacher = Numbers.Normal(6, 3);
        var turned = cat([-teacher.narrow(1, 1, 2), teacher.narrow(1, 0, 1)], 1) * 30 + 7;

        Assert.Equal(0, functional.rkd_loss(turned, teacher).Value(), 12);
        Assert.NotEqual(0, functional.rkd_loss(teacher.square(), teacher).Value(), 2);
    }

    [Fact]
    public void Relations_of_a_single_sample_or_of_duplicates_are_finite()
    {
        manual_seed(5);
        var teacher = Numbers.Normal(4, 3);
        var twice = teacher.index_select(0, tensor(new long[] { 0, 0, 1, 1 }));

        Assert.Equal(0, functional.rkd_loss(teacher[..1], teacher[..1]).Value());
        foreach (var student in new[] { twice, zeros_like(teacher) })
        {
            Assert.All(
                Numbers.Gradient(student, x => functional.rkd_loss(x, teacher)).Values(),
                g => Assert.True(double.IsFinite(g))
            );
        }
    }

    [Fact]
    public void Attention_is_that_of_the_smaller_map_and_blind_to_scale()
    {
        manual_seed(6);
        var student = Numbers.Normal(2, 3, 4, 6);
        var teacher = functional.adaptive_avg_pool2d(student, [2, 3]);

        Assert.Equal(0, functional.attention_transfer_loss(student, teacher * 5).Value(), 12);
        Assert.Equal(
            0,
            functional.attention_transfer_loss(student.to(ScalarType.Float32) * 1e10, student, p: 4).Value(),
            10
        );
    }

    [Fact]
    public void A_map_without_any_feature_gets_no_gradient()
    {
        var teacher = rand(2, 3, 2, 2);

        var gradient = Numbers.Gradient(zeros(2, 3, 2, 2), x => functional.attention_transfer_loss(x, teacher));

        Assert.All(gradient.Values(), g => Assert.Equal(0, g));
    }
}
