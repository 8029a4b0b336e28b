namespace TorchLoss.Tests.Parts;

/// <summary>What reference cases do not say of schedules.</summary>
public sealed class ScheduleTests
{
    [Theory]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(49)]
    public void A_cycle_starts_again_exactly_at_its_step(long cycles)
    {
        // in floating point, 1 / 49 * 49 is below 1: the last cycle would not have ended
        var schedule = new LossWeightSchedule(10 * cycles, ScheduleKind.Cyclical, cycles: cycles);
        for (var cycle = 0; cycle < cycles; cycle++)
        {
            Assert.Equal(0, schedule.At(10 * cycle));
            Assert.Equal(1, schedule.At(10 * cycle + 9));
        }
    }

    [Fact]
    public void The_way_goes_from_start_to_end_and_stays_there()
    {
        foreach (
            var kind in Enum.GetValues<ScheduleKind>().Where(k => k is not (ScheduleKind.Step or ScheduleKind.Cyclical))
        )
        {
            var schedule = new LossWeightSchedule(20, kind, start: 3, end: 0.5, warmup: 5, power: 2);
            var start = kind is ScheduleKind.SigmoidRampup ? 3 - 2.5 * Math.Exp(-5) : 3;
            Assert.Equal(start, schedule.At(0), 1e-12);
            Assert.Equal(start, schedule.At(5), 1e-12);
            Assert.Equal(0.5, schedule.At(20), 1e-12);
            Assert.Equal(0.5, schedule.At(1000), 1e-12);
            Assert.All(Enumerable.Range(0, 20), s => Assert.True(schedule.At(s) >= schedule.At(s + 1)));
        }
    }

    [Fact]
    public void Impossible_ways_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new LossWeightSchedule(3, warmup: 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LossWeightSchedule(3, ScheduleKind.Exponential));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LossWeightSchedule(3).At(-1));
    }
}
