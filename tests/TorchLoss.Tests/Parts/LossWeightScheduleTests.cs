namespace TorchLoss.Tests.Parts;

public class LossWeightScheduleTests
{
    public static TheoryData<ScheduleKind> Ramps =>
        [
            ScheduleKind.Linear,
            ScheduleKind.Cosine,
            ScheduleKind.Exponential,
            ScheduleKind.Polynomial,
            ScheduleKind.SigmoidRampup,
        ];

    [Theory, MemberData(nameof(Ramps))]
    public void A_ramp_only_rises_and_stays_at_the_end(ScheduleKind kind)
    {
        var schedule = new LossWeightSchedule(kind, start: 0.1, end: 2, total_steps: 50, warmup: 5, power: 2);
        var values = Enumerable.Range(0, 80).Select(s => schedule.At(s)).ToList();

        Assert.All(values.Zip(values.Skip(1)), p => Assert.True(p.Second >= p.First));
        Assert.Equal(values[0], values[5]);
        Assert.Equal(2, values[50], 12);
        Assert.Equal(2, values[79], 12);
    }

    [Fact]
    public void Exponential_refuses_a_0_it_can_never_reach() =>
        Assert.Throws<ArgumentException>(() => new LossWeightSchedule(ScheduleKind.Exponential, 0, 1, 10));
}
