[assembly: Xunit.CollectionBehavior(DisableTestParallelization = true)] // one torch random generator, one thread pool
