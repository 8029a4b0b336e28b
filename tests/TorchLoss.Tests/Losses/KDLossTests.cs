using static TorchSharp.torch.nn;

namespace TorchLoss.Tests.Losses;

public class KDLossTests
{
    [Fact]
    public void Equals_a_loop()
    {
        manual_seed(8);
        var (student, teacher) = (Numbers.Normal(3, 4), Numbers.Normal(3, 4));
        const double t = 2.5;
        static double[] LogP(double[] x) => [.. x.Select(v => v / t - x.Select(w => w / t).LogSumExp())];
        var divergence = student
            .Rows()
            .Zip(teacher.Rows())
            .Sum(r => LogP(r.First).Zip(LogP(r.Second)).Sum(p => Math.Exp(p.Second) * (p.Second - p.First)));

        var loss = functional.kd_loss(student, teacher, temperature: t);

        Assert.Equal(t * t * divergence / 3, loss.Value(), 12);
    }

    [Fact]
    public void A_class_that_the_teacher_rules_out_adds_nothing()
    {
        const double never = double.NegativeInfinity;
        var teacher = tensor(
            new[,]
            {
                { 1.0, 2.0, never },
            }
        );
        var student = tensor(
            new[,]
            {
                { 0.5, -1.0, never },
            }
        );
        Tensor Loss(Tensor x) => functional.kd_loss(x, teacher);

        Assert.Equal(functional.kd_loss(student[.., ..2], teacher[.., ..2]).Value(), Loss(student).Value(), 12);
        Assert.All(Numbers.Gradient(student, Loss).Values(), g => Assert.True(double.IsFinite(g)));
    }

    [Fact]
    public void Batchmean_divides_the_sum_by_the_batch_and_mean_by_all()
    {
        manual_seed(9);
        var (student, teacher) = (Numbers.Normal(3, 4, 2), Numbers.Normal(3, 4, 2));
        double By(BatchReduction reduction) => functional.kd_loss(student, teacher, reduction: reduction).Value();

        Assert.Equal(By(BatchReduction.Sum) / 3, By(BatchReduction.BatchMean), 12);
        Assert.Equal(By(BatchReduction.Sum) / 24, By(BatchReduction.Mean), 12);
    }
}
