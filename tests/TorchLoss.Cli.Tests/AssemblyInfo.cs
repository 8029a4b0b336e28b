// Torch's number of threads and the directory the command runs in belong to the whole process.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
